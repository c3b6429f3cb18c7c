"""Forks share a journal's lines to the byte, and everything that these name."""

import json
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bus.journal import read_journal
from bus.recorded import read_answers
from engine.changed_settings import ChangeError, More, changed, with_more
from engine.errors import RunFolderError
from engine.execution import execute_more, prepare_fork
from engine.forking import ForkError, check_models
from engine.past import Past, fold_past
from engine.quantities import QuantityError
from engine.replaying import replay_run
from engine.run_folder import RunFolder, open_run_folder
from reports.progress import SilentProgress
from schemas.envelope import Envelope
from schemas.inputs import FitFinished, Proposed, RunContinued, TablePrepared
from schemas.sayings import ExplorationClosed
from schemas.settings import RunSettings, TableSettings
from tests.engine.conftest import Finished

Command = Callable[..., CompletedProcess[str]]
SETTINGS = RunSettings(tables=TableSettings(table="t.csv", target="y"), trials=9)


def place(run: Finished, kind: type) -> int:
    """Sequence number of the first event of a kind."""
    events = read_journal(run.folder.events)
    return next(event.seq for event in events if isinstance(event.body, kind))


def place_with_models(run: Finished) -> int:
    """The last fit before the first one whose candidate came to nothing later on."""
    events = list(read_journal(run.folder.events))
    fits = [event.seq for event in events if isinstance(event.body, FitFinished)]
    return list(takewhile(lambda seq: has_models(run, events[: seq + 1]), fits)).pop()


def has_models(run: Finished, events: list[Envelope]) -> bool:
    try:
        check_models(run.folder, events)
    except ForkError:
        return False
    return True


def test_a_fork_shares_lines_blobs_models_and_data(
    binary: Finished, tmp_path: Path
) -> None:
    seq = place_with_models(binary)

    fork = prepare_fork(binary.path, seq, ["workers=3"], tmp_path / "fork")

    lines = binary.folder.events.read_bytes().splitlines(keepends=True)
    assert fork.folder.events.read_bytes() == b"".join(lines[: seq + 1])
    assert fork.origin.chain == json.loads(lines[seq])["chain"]
    assert fork.settings.workers == 3
    for name in ("blobs", "models", "data"):
        theirs = {p.relative_to(binary.path) for p in (binary.path / name).rglob("*")}
        ours = {p.relative_to(tmp_path / "fork") for p in fork.folder.path.rglob("*")}
        assert theirs <= ours
    assert len(read_answers(fork.folder.record)) == fork.answers > 0
    assert fork.past.prepared is not None


def test_a_fork_with_another_proposer_takes_none_of_its_proposals(
    binary: Finished, tmp_path: Path
) -> None:
    seq = place(binary, TablePrepared)
    script = tmp_path / "ideas.toml"
    script.write_text("")

    same = prepare_fork(binary.path, seq, [], tmp_path / "same")
    other = prepare_fork(
        binary.path, seq, [f"proposer=scripted:{script}"], tmp_path / "other"
    )

    def proposals(folder: RunFolder) -> int:
        bodies = read_answers(folder.record).values()
        return sum(isinstance(body, Proposed) for body in bodies)

    assert proposals(same.folder) > 0
    assert proposals(other.folder) == 0
    assert other.answers > 0


@pytest.mark.parametrize(
    ("seq", "reason"),
    [(-1, "there is no event -1"), (10**6, "its last is"), (1, "not prepared yet")],
)
def test_a_place_that_nobody_can_go_on_from_is_refused(
    binary: Finished, tmp_path: Path, seq: int, reason: str
) -> None:
    with pytest.raises(ForkError, match=reason):
        prepare_fork(binary.path, seq, [], tmp_path / "fork")
    assert not (tmp_path / "fork").exists()


def test_a_folder_in_use_is_refused(binary: Finished, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(RunFolderError, match="in use"):
        prepare_fork(binary.path, place_with_models(binary), [], tmp_path)


def test_settings_are_changed_by_the_names_of_the_command_line() -> None:
    new = changed(
        SETTINGS,
        ["budget=2m", "feedback=false", "tuning-rounds=3", "ensemble=voting"],
    )

    assert (new.budget_seconds, new.trials) == (120.0, None)
    assert (new.is_feedback_on, new.tuning_rounds) == (False, 3)
    assert new.ensemble == "voting"
    assert new.tables == SETTINGS.tables
    assert changed(new, ["trials=5"]).budget_seconds is None
    assert changed(new, ["tuning-rounds=none"]).tuning_rounds is None
    assert changed(SETTINGS, []) == SETTINGS


@pytest.mark.parametrize(
    "choice",
    [
        "seed=3",
        "table=other.csv",
        "tables=x",
        "workers",
        "workers=0",
        "workers=many",
        "feature-rounds=-1",
        "ensemble=sorcery",
        "trials=none",
        "nonsense=1",
    ],
)
def test_what_cannot_be_changed_is_refused(choice: str) -> None:
    with pytest.raises(ChangeError):
        changed(SETTINGS, [choice])


def test_a_budget_that_is_no_duration_is_refused() -> None:
    with pytest.raises(QuantityError):
        changed(SETTINGS, ["budget=soon"])


def test_more_comes_on_top_of_what_was_spent() -> None:
    past = Past(SETTINGS, SETTINGS, elapsed_seconds=40.0, trials=8)

    in_time, in_trials = (
        with_more(past, More("60s", None)),
        with_more(past, More(None, 6)),
    )

    assert (in_time.budget_seconds, in_time.trials) == (100.0, None)
    assert (in_trials.budget_seconds, in_trials.trials) == (None, 14)


@pytest.mark.parametrize("more", [More(None, None), More("60s", 5), More(None, 0)])
def test_more_is_one_of_both(more: More) -> None:
    with pytest.raises(ChangeError):
        with_more(Past(SETTINGS, SETTINGS), more)


def test_a_run_that_is_not_finished_is_not_given_more(
    binary: Finished, tmp_path: Path
) -> None:
    seq = place_with_models(binary)
    fork = prepare_fork(binary.path, seq, [], tmp_path / "fork")

    with pytest.raises(RunFolderError, match="resume it first"):
        execute_more(fork.folder.path, More(None, 3), SilentProgress(), float)


def test_the_past_of_a_prefix_is_what_the_run_had_come_to(binary: Finished) -> None:
    events = list(read_journal(binary.folder.events))
    whole, early = fold_past(events), fold_past(events[:3])

    assert whole is not None
    assert early is not None
    assert whole.end is not None
    assert (early.end, early.trials) == (None, 0)
    assert whole.trials == 12
    assert 0 <= early.elapsed_seconds <= whole.elapsed_seconds
    assert fold_past([]) is None


@pytest.mark.deep
def test_a_run_is_forked_and_the_fork_continued_for_real(
    binary: Finished, tmp_path: Path, command: Command
) -> None:
    seq = place_with_models(binary)
    before = binary.folder.events.read_bytes()

    forked = command("fork", binary.path, "--at", str(seq), "--run-dir", tmp_path / "f")
    more = command("continue", tmp_path / "f", "--trials", "3")

    assert forked.returncode == 0, forked.stderr
    assert "were answered from" in forked.stderr
    assert more.returncode == 0, more.stderr
    assert binary.folder.events.read_bytes() == before
    folder = open_run_folder(tmp_path / "f")
    events = list(read_journal(folder.events))
    assert next(e.seq for e in events if isinstance(e.body, RunContinued)) > seq
    assert sum(isinstance(e.body, ExplorationClosed) for e in events) == 2
    assert sum(e.src == "record" for e in events) > 0
    answers = [e.key for e in events if e.io == "in" and e.key]
    assert len(set(answers)) == len(answers)
    openings = folder.openings.read_text().splitlines()
    assert openings == binary.folder.openings.read_text().splitlines()
    result = json.loads(folder.result.read_text())
    assert result["openings"] == len(openings)
    assert result["counts"]["trials"] > binary.result["counts"]["trials"]
    replay_run(folder)
