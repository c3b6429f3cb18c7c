"""Runs of a small crew, and what their journals say."""

from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bus.agent import Agent
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import EffectRunner
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from schemas.envelope import Envelope
from schemas.sayings import RunCrashed, RunFinished
from tests.bus.conftest import (
    run_started,
)


def make_core(
    journal: JournalWriter,
    agents: Sequence[Agent],
    runner: EffectRunner,
    *,
    is_reproducible: bool = False,
    workers: int = 2,
) -> Core:
    window = 4 if is_reproducible else None
    capacity = Capacity(workers=workers, window=window, is_first_come=is_reproducible)
    now = count(1_000)
    mode = Mode(is_reproducible=is_reproducible, capacity=capacity)
    return Core("r1", Bus(agents), journal, runner, mode, lambda: next(now))


async def run_through(
    path: Path,
    agents: Sequence[Agent],
    runner: EffectRunner,
    *,
    is_reproducible: bool = False,
    workers: int = 2,
) -> RunFinished | RunCrashed:
    with JournalWriter(path) as journal:
        core = make_core(
            journal,
            agents,
            runner,
            is_reproducible=is_reproducible,
            workers=workers,
        )
        return await core.run(run_started())


def outcomes_in(path: Path) -> dict[str, str]:
    """The kind of what was heard of each effect; fails if one was heard of twice."""
    answers = [e for e in read_journal(path) if e.io == "in" and e.key]
    assert max(Counter(e.key for e in answers).values(), default=1) == 1
    return {e.key or "": e.body.kind for e in answers}


def commands_in(path: Path) -> list[Envelope]:
    return [e for e in read_journal(path) if e.io == "out" and e.key]


def said(event: Envelope) -> bytes:
    """A line without what the clock has to do with."""
    plain = event.model_copy(update={"t": 0, "duration": None, "chain": ""})
    return plain.model_dump_json().encode()


def spoken(path: Path) -> list[bytes]:
    return [said(event) for event in read_journal(path)]
