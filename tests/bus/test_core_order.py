"""What the core does first: the disk before the sealed part, others before the next batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from bus.agent import Statement, Voice
from bus.bus import Bus
from bus.core import ARRIVALS_A_TURN, INBOX_ARRIVALS, SYNC_EVENTS, Core, Mode
from bus.effects import Arrival, Outcome
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from schemas.base import Frozen
from schemas.candidate import RAW_VIEW
from schemas.commands import ScoreHoldout
from schemas.ensemble import Ensemble, Member, WeightedAverage
from schemas.envelope import Envelope
from schemas.inputs import HoldoutScored, SessionStarted, Tick
from schemas.sayings import RunFinished
from tests.bus.conftest import (
    BLOB,
    STARTED_IN_ORDER,
    GatedRunner,
    Scripted,
    run_started,
    settle,
)

MEMBER = Member(
    candidate="c00-v1",
    family="linear",
    title="a line",
    source=BLOB,
    view=RAW_VIEW,
    models=(BLOB,),
    weight=1.0,
)
TICK = Arrival(Tick(elapsed_seconds=0.0), src="clock")
ENSEMBLE = Ensemble(
    members=(MEMBER,),
    combination=WeightedAverage(strategy="best", weights=(1.0,)),
    score=0.5,
    standard_error=0.01,
)


@dataclass
class Opener:
    """Has the sealed part scored, and ends the run with its score."""

    name: str = "opener"
    hears: frozenset[type[Frozen]] = frozenset({Tick, HoldoutScored})

    def decide(self, event: Envelope) -> Sequence[Statement]:
        voice = Voice(self.name, seed=0)
        if isinstance(event.body, HoldoutScored):
            return [voice.say(RunFinished(status="done"))]
        command = ScoreHoldout(ensemble=ENSEMBLE)
        return [voice.ask(command, purpose="holdout")]


class WatchedJournal(JournalWriter):
    """Counts the lines that are known to be on the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self.lines_on_disk = 0

    def sync(self) -> None:
        super().sync()
        self.lines_on_disk = self._path.read_bytes().count(b"\n")


@dataclass
class Scorer:
    """Notes how much was on the disk when the sealed part was opened."""

    journal: WatchedJournal
    lines_on_disk: list[int] = field(default_factory=list)

    async def run(self, command: Envelope) -> Outcome:
        assert isinstance(command.body, ScoreHoldout)
        self.lines_on_disk.append(self.journal.lines_on_disk)
        return Outcome(HoldoutScored(scores=(), opening=1))


def make_core(journal: JournalWriter, runner: Scorer) -> Core:
    mode = Mode(is_reproducible=True, capacity=Capacity(workers=1))
    return Core("r1", Bus([Opener()]), journal, runner, mode, lambda: 7)


@pytest.mark.parametrize("lines_left", [None, 2, 3])
async def test_that_the_sealed_part_is_opened_is_on_the_disk_before_it_is(
    tmp_path: Path, lines_left: int | None
) -> None:
    """In a new run, and in one that was killed before or after it said so."""
    path = tmp_path / "j"
    with WatchedJournal(path) as journal:
        runner = Scorer(journal)
        core = make_core(journal, runner)
        await core.tell(TICK)
        await core.run(run_started())
    if lines_left is not None:
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:lines_left]))
        with WatchedJournal(path) as journal:
            runner = Scorer(journal)
            core = make_core(journal, runner)
            core.restore(read_journal(path))
            await core.run(SessionStarted(versions=(), fingerprint="f"))

    (opened,) = [e.seq for e in read_journal(path) if isinstance(e.body, ScoreHoldout)]
    assert len(runner.lines_on_disk) == 1
    assert runner.lines_on_disk[0] > opened


@pytest.mark.parametrize(
    ("ticks", "seconds"), [(3, 0.001), (SYNC_EVENTS, 1000.0)], ids=["soon", "much"]
)
async def test_what_was_written_reaches_the_disk_after_some_time_or_many_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ticks: int, seconds: float
) -> None:
    monkeypatch.setattr("bus.core.SYNC_SECONDS", seconds)
    mode = Mode(is_reproducible=False, capacity=Capacity(workers=1))
    with WatchedJournal(tmp_path / "j") as journal:
        core = Core("r1", Bus([]), journal, GatedRunner(), mode, lambda: 7)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await settle()
            assert journal.lines_on_disk == 1
            for _ in range(ticks):
                await core.tell(TICK)
            with anyio.fail_after(10):
                while journal.lines_on_disk <= ticks:
                    await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()


@STARTED_IN_ORDER
async def test_others_have_their_turn_while_a_full_inbox_is_heard(
    tmp_path: Path,
) -> None:
    ticks = Scripted("ticks", frozenset({Tick}))
    heard_at_each_turn: list[int] = []

    async def look() -> None:
        while len(ticks.heard) < INBOX_ARRIVALS:
            heard_at_each_turn.append(len(ticks.heard))
            await anyio.lowlevel.checkpoint()

    now = count()
    mode = Mode(is_reproducible=False, capacity=Capacity(workers=1))
    with JournalWriter(tmp_path / "j") as journal:
        core = Core("r1", Bus([ticks]), journal, GatedRunner(), mode, lambda: next(now))
        for second in range(INBOX_ARRIVALS):
            await core.tell(Arrival(Tick(elapsed_seconds=second), src="clock"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await look()
            tasks.cancel_scope.cancel()

    steps = [after - before for before, after in pairwise(heard_at_each_turn)]
    assert max(steps) <= ARRIVALS_A_TURN
    assert len(heard_at_each_turn) >= INBOX_ARRIVALS // ARRIVALS_A_TURN
