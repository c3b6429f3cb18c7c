"""Why a replay parts from its journal: what led there, and which code was changed."""

import shutil
from pathlib import Path

import pytest

from bus.errors import Cause, Divergence
from bus.journal import JournalWriter, read_journal
from engine.explaining import causes_of, changed_files, explained
from engine.replaying import replay_run
from engine.run_folder import RunFolder
from engine.trained import Trained
from engine.versions import module_hashes
from schemas.inputs import RunStarted


@pytest.fixture
def copy(trained: Trained, tmp_path: Path) -> RunFolder:
    for name in ("events.jsonl", "result.json"):
        shutil.copy(trained.folder.path / name, tmp_path / name)
    return RunFolder(tmp_path)


@pytest.fixture
def diverged(copy: RunFolder, monkeypatch: pytest.MonkeyPatch) -> Divergence:
    monkeypatch.setattr("agents.modeler.OPEN_LOOPS", 1)
    with pytest.raises(Divergence) as caught:
        replay_run(copy)
    return caught.value


def test_what_led_to_a_difference_goes_back_to_the_start_of_the_run(
    copy: RunFolder, diverged: Divergence
) -> None:
    events = list(read_journal(copy.events))

    seqs = [cause.seq for cause in diverged.causes]
    assert seqs == sorted(seqs, reverse=True)
    assert seqs[0] < diverged.seq
    assert seqs[-1] == 0
    for cause in diverged.causes:
        assert cause == Cause.of(events[cause.seq])


def test_where_no_file_was_changed_none_is_named(diverged: Divergence) -> None:
    assert diverged.changed_files == ()


def test_files_that_were_changed_went_or_came_are_named(
    copy: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dict(module_hashes())
    now["agents/modeler.py"] = "another"
    now["agents/oracle.py"] = "new"
    del now["bus/core.py"]
    monkeypatch.setattr("engine.explaining.module_hashes", lambda: tuple(now.items()))

    assert changed_files(copy, 3) == (
        "agents/modeler.py",
        "agents/oracle.py",
        "bus/core.py",
    )


def test_a_journal_that_does_not_say_what_it_was_made_with_names_no_file(
    copy: RunFolder, tmp_path: Path
) -> None:
    first = next(read_journal(copy.events))
    assert isinstance(first.body, RunStarted)
    body = first.body.model_copy(update={"modules": ()})
    (tmp_path / "old").mkdir()
    old = RunFolder(tmp_path / "old")
    with JournalWriter(old.events) as journal:
        journal.append([first.model_copy(update={"body": body, "chain": ""})])

    assert changed_files(old, 0) is None


def test_a_difference_without_parents_has_no_causes(copy: RunFolder) -> None:
    assert causes_of(copy, Divergence(0, None, None, ())) == ()


def test_other_errors_pass_as_they_are(copy: RunFolder) -> None:
    with pytest.raises(ZeroDivisionError), explained(copy):
        raise ZeroDivisionError
