"""What earlier sessions left, and a run that is taken up again."""

import json
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bus.effects import Arrival
from bus.journal import JournalWriter
from bus.receipts import Receipts
from engine.bills import Bills
from engine.errors import RunFolderError
from engine.past import fold_past, read_past
from engine.replaying import replay_run
from engine.run_folder import create_run_folder, open_run_folder
from proposers.spending import Spent
from schemas.asks import Ask, DraftAsk, FeatureAsk, StrategyAsk
from schemas.candidate import RAW_VIEW
from schemas.commands import Propose
from schemas.envelope import Cost, Envelope
from schemas.inputs import Proposed, RunStarted
from schemas.jobs import Rung
from schemas.proposals import NoProposal
from schemas.sayings import TrialStarted
from schemas.settings import RunSettings, TableSettings

WORDS = ("--target", "outcome", "--drop", "grade", "--drop", "amount", "--seed", "3")
BRIEF = ("--validation", "holdout", "--trials")
ANSWER = Proposed(proposal=NoProposal(reason="none"))
Start = Callable[[Sequence[str | Path]], subprocess.Popen[str]]


def test_a_run_that_never_wrote_a_line_cannot_be_taken_up(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path / "run")
    folder.events.touch()

    with pytest.raises(RunFolderError, match="no run"):
        read_past(folder)


FIRST = Envelope(
    run="r",
    session=0,
    seq=0,
    io="in",
    body=RunStarted(
        settings=RunSettings(tables=TableSettings(table="t"), trials=9),
        versions=(),
        fingerprint="",
    ),
    src="user",
    t=0,
)
DRAFT = DraftAsk(index=0, views=(RAW_VIEW,))
STRATEGY = StrategyAsk(choices=(), pooled=5)


def asked(seq: int, key: str, src: str, ask: Ask) -> Envelope:
    return Envelope(
        run="r",
        session=0,
        seq=seq,
        io="out",
        body=Propose(ask=ask),
        src=src,
        t=0,
        key=key,
    )


def answered(seq: int, key: str, cost: Cost) -> Envelope:
    return Envelope(
        run="r",
        session=0,
        seq=seq,
        io="in",
        body=ANSWER,
        src="effects",
        t=0,
        key=key,
        cost=cost,
    )


def test_trials_of_the_added_lane_are_not_counted_against_the_bound() -> None:
    def started(seq: int, loop: str) -> Envelope:
        body = TrialStarted(candidate=f"{loop}-v1", rung=Rung.SMOKE, jobs=1)
        return Envelope(
            run="r", session=0, seq=seq, io="out", body=body, src="x", t=0, loop=loop
        )

    past = fold_past([FIRST, started(1, "c00"), started(2, "a00"), started(3, "c01")])

    assert past is not None
    assert past.trials == 2


def test_what_was_spent_on_models_is_found_by_whose_budget_pays(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path / "run")
    cost = Cost(calls=2, tokens=300, money=0.25, answer_seconds=4.0)
    with JournalWriter(folder.events) as journal:
        journal.append(
            [
                FIRST,
                asked(1, "a", "modeler", DRAFT),
                asked(2, "b", "ensembler", STRATEGY),
                asked(3, "c", "added_modeler", DRAFT),
                asked(4, "d", "added_feature", FeatureAsk(round=0)),
                answered(5, "a", cost),
                answered(6, "b", cost),
            ]
        )
    unheard = Arrival(ANSWER, "effects", "c", 1.0, cost)
    Receipts(folder.receipts).keep(unheard)
    in_flight, most = Bills(folder.calls), Spent(1, 9_000, 0.5, 300.0)
    for key in ("a", "d"):
        in_flight.open(key).reserve(most)

    past = read_past(folder)

    once = Spent(2, 300, 0.25, 4.0)
    assert past.spent == {"modeler": once + once, "ensembler": once, "feature": most}


def kill_after(process: subprocess.Popen[str], word: str) -> None:
    """End a run without a warning once it printed a line with this word."""
    assert process.stderr is not None
    for line in process.stderr:
        if word in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


@pytest.mark.deep
def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(
    table: Path,
    tmp_path: Path,
    start: Start,
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    words: list[str | Path] = ["fit", table, *WORDS, *BRIEF, "9", "--run-dir"]
    whole = command(*words, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    kill_after(start([*words, tmp_path / "cut"]), "pooled")
    before = (tmp_path / "cut" / "events.jsonl").read_bytes()

    done = command("resume", tmp_path / "cut")

    assert done.returncode == 0, done.stderr
    journal = (tmp_path / "cut" / "events.jsonl").read_bytes()
    assert journal.startswith(before[: before.rfind(b"\n") + 1])
    apart = {"seconds", "memory", "journal", "stages", "versions"}
    results = [
        json.loads((tmp_path / name / "result.json").read_text())
        for name in ("whole", "cut")
    ]
    first, second = ({k: v for k, v in r.items() if k not in apart} for r in results)
    assert first == second
    replay_run(open_run_folder(tmp_path / "cut"))


@pytest.mark.deep
def test_a_finished_run_is_left_as_it_is(
    table: Path,
    tmp_path: Path,
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    command("fit", table, *WORDS, *BRIEF, "3", "--run-dir", tmp_path / "run")
    before = (tmp_path / "run" / "events.jsonl").read_bytes()

    done = command("resume", tmp_path / "run")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "events.jsonl").read_bytes() == before
