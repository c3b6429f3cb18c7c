"""A run's own folder."""

from pathlib import Path

import pytest

from engine.errors import RunFolderError
from engine.run_folder import create_run_folder, open_run_folder, remove_run_folder


def test_a_new_folder_holds_the_rooms_of_a_run(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path / "deep" / "run")

    assert {path.name for path in folder.path.iterdir()} == {
        "blobs",
        "models",
        "candidates",
        "data",
    }


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    assert create_run_folder(tmp_path).path == tmp_path


def test_a_folder_with_something_in_it_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(RunFolderError, match="--run-dir"):
        create_run_folder(tmp_path)
    assert (tmp_path / "mine").exists()


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")

    with pytest.raises(RunFolderError, match="in use"):
        create_run_folder(tmp_path / "run")


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")

    with pytest.raises(RunFolderError, match="cannot be made"):
        create_run_folder(tmp_path / "file" / "run")


def test_a_folder_without_a_journal_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="not a run"):
        open_run_folder(tmp_path)


def test_a_removed_run_leaves_nothing(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path / "run")
    remove_run_folder(folder)

    assert not folder.path.exists()
