"""Workers that are on their way before the engine is loaded."""

import json
from pathlib import Path

import pytest

from engine.early_workers import early_workers
from engine.errors import NoPredictor
from engine.run_folder import RunFolder
from engine.stored_predictor import read_stored
from engine.trained import Trained
from executors.preload import offered


def copy_of_predictor(trained: Trained, folder: Path, **changes: object) -> RunFolder:
    """A folder that holds nothing but a changed `predictor.json`."""
    content = json.loads(trained.folder.predictor.read_text()) | changes
    (folder / "predictor.json").write_text(json.dumps(content))
    return RunFolder(folder)


def test_they_are_told_what_the_members_need_and_are_gone_in_the_end(
    trained: Trained,
) -> None:
    stored = read_stored(trained.folder)
    with early_workers(trained.folder) as zygote:
        assert zygote is not None
        told = zygote.process.args

    assert isinstance(told, list)
    assert stored is not None
    assert stored.modules
    assert set(stored.modules) <= set(offered())
    assert set(stored.modules) < set(told)
    assert zygote.process.returncode is not None


def test_they_are_gone_when_the_user_is_at_fault(trained: Trained) -> None:
    with pytest.raises(FileNotFoundError), early_workers(trained.folder) as zygote:
        raise FileNotFoundError

    assert zygote is not None
    assert zygote.process.returncode is not None


def test_a_run_without_its_short_form_starts_none(tmp_path: Path) -> None:
    with early_workers(RunFolder(tmp_path)) as zygote:
        assert zygote is None


@pytest.mark.parametrize(
    "modules", [["--help"], ["a\0b"], ["os; import os"], ["x" * 101], ["a"] * 1001]
)
def test_a_file_that_names_no_modules_is_damaged(
    modules: list[str], trained: Trained, tmp_path: Path
) -> None:
    folder = copy_of_predictor(trained, tmp_path, modules=modules)

    with pytest.raises(NoPredictor, match="damaged"), early_workers(folder):
        pass
