"""Weights are found where people and packages put them, and told apart by their content."""

import os
from pathlib import Path

import pytest

from toolkit.checkpoints import (
    SETTING,
    TABICL,
    TABPFN,
    Checkpoint,
    CheckpointError,
    best_checkpoint,
    find_checkpoints,
    hash_of,
    same_checkpoint,
)

NEWEST, OLDEST = TABICL.classifiers[0], TABICL.classifiers[-1]


def written(path: Path, content: str = "weights") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which this process looks."""
    for name in ("HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "TABPFN_MODEL_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(SETTING, str(tmp_path))
    return tmp_path


def test_the_best_comes_first_wherever_it_lies(tmp_path: Path) -> None:
    old = written(tmp_path / "mine" / OLDEST)
    best = written(tmp_path / "home/.cache/huggingface/hub" / NEWEST)
    environment = {SETTING: str(tmp_path / "mine"), "HOME": str(tmp_path / "home")}

    found = find_checkpoints(TABICL, environment, is_classification=True)

    assert found == [best, old]


def test_what_the_user_names_goes_before_the_same_in_a_cache(tmp_path: Path) -> None:
    own = written(tmp_path / "mine" / NEWEST)
    cached = written(tmp_path / "cache" / NEWEST)
    named = os.pathsep.join([str(tmp_path / "nowhere"), str(own)])
    environment = {SETTING: named, "HF_HUB_CACHE": str(cached.parent)}

    found = find_checkpoints(TABICL, environment, is_classification=True)

    assert found == [own, cached]


def test_files_are_found_as_the_hub_keeps_them(tmp_path: Path) -> None:
    blob = written(tmp_path / "hub/models--jingang--TabICL/blobs/123")
    link = tmp_path / "hub/models--jingang--TabICL/snapshots/abc" / NEWEST
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)

    found = find_checkpoints(TABICL, {"HF_HOME": str(tmp_path)}, is_classification=True)

    assert found == [link]


def test_a_file_for_the_other_kind_of_task_does_not_count(tmp_path: Path) -> None:
    written(tmp_path / "tabpfn" / TABPFN.regressors[-1])
    environment = {"XDG_CACHE_HOME": str(tmp_path)}

    assert not find_checkpoints(TABPFN, environment, is_classification=True)
    assert find_checkpoints(TABPFN, environment, is_classification=False)


def test_without_any_file_the_setting_is_named(folder: Path) -> None:
    assert not list(folder.iterdir())

    with pytest.raises(CheckpointError, match=f"no checkpoint of tabicl.*{SETTING}"):
        best_checkpoint(TABICL, is_classification=True)


def test_a_model_gets_the_file_that_it_was_made_with_and_no_other(folder: Path) -> None:
    path = written(folder / NEWEST)
    made_with = Checkpoint(path.name, hash_of(path))
    better = written(folder / "cache" / NEWEST, "other weights")

    assert same_checkpoint(TABICL, made_with) == path
    better.replace(path)
    with pytest.raises(CheckpointError, match="not the one that this model was made"):
        same_checkpoint(TABICL, made_with)
    path.unlink()
    with pytest.raises(CheckpointError, match="does not lie on disk any more"):
        same_checkpoint(TABICL, made_with)
