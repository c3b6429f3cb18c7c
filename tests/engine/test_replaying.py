"""A run derives itself again, or says where it does not."""

import shutil
from pathlib import Path

import pytest

from bus.errors import Divergence, JournalCorrupt
from engine.errors import ResultDiffers
from engine.replaying import replay_run
from engine.run_folder import RunFolder
from engine.trained import Trained


@pytest.fixture
def copy(trained: Trained, tmp_path: Path) -> RunFolder:
    for name in ("events.jsonl", "result.json"):
        shutil.copy(trained.folder.path / name, tmp_path / name)
    return RunFolder(tmp_path)


def test_journal_and_result_alone_are_enough(copy: RunFolder) -> None:
    report = replay_run(copy)

    assert report.events == len(copy.events.read_bytes().splitlines())
    assert report.digest in copy.result.read_text()


def test_a_changed_result_is_found(copy: RunFolder) -> None:
    copy.result.write_bytes(copy.result.read_bytes() + b"\n")

    with pytest.raises(ResultDiffers, match="differs"):
        replay_run(copy)


def test_a_finished_run_without_its_result_is_told_how_to_get_it(
    copy: RunFolder,
) -> None:
    copy.result.unlink()

    with pytest.raises(ResultDiffers, match="resume the run to write it"):
        replay_run(copy)


def test_a_changed_byte_of_the_journal_is_found(copy: RunFolder) -> None:
    content = copy.events.read_bytes()
    copy.events.write_bytes(content.replace(b'"rung":"screen"', b'"rung":"smoke" ', 1))

    with pytest.raises(JournalCorrupt):
        replay_run(copy)


def test_other_decisions_are_found(
    copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.modeler.OPEN_LOOPS", 1)

    with pytest.raises(Divergence):
        replay_run(copy)
