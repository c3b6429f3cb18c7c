"""Measures how many events a second pass through the bus, the journal and a replay.

Run from the root: `python benchmarks/events.py [--events 50000] [--rounds 3]`. An event is
a line of a journal: here every input has one output.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from published import publish

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus
from bus.journal import JournalWriter, read_journal
from bus.reactor import Reactor
from bus.replay import Replayer
from schemas.base import Frozen
from schemas.envelope import Envelope, Input
from schemas.inputs import RunStarted, Tick
from schemas.sayings import LoopClosed
from schemas.settings import RunSettings, TableSettings

SETTINGS = RunSettings(tables=TableSettings(table="none.csv"), trials=3)
OPENING = RunStarted(settings=SETTINGS, versions=(), fingerprint="")


PACKAGES = ("pydantic", "pydantic-core")


class Speed(NamedTuple):
    """How fast one stretch of the way is, by the clock and by a processor's time."""

    per_second: float
    per_processor_second: float


class Echo:
    """An agent that answers every input with one saying."""

    name = "echo"
    hears: frozenset[type[Frozen]] = frozenset({RunStarted, Tick})

    def __init__(self) -> None:
        self._voice = Voice(self.name, seed=0)
        self._heard = 0

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Say the how-manieth event it was."""
        self._heard += 1
        saying = LoopClosed(reason=f"event {self._heard}")
        return [self._voice.say(saying, loop=event.loop)]


def build_agents(_: RunSettings) -> Sequence[Agent]:
    """One agent, for live runs and for replays."""
    return [Echo()]


def wrap(body: Input, seq: int) -> Envelope:
    """Give an input its place."""
    return Envelope(run="r", session=0, seq=seq, io="in", body=body, src="clock", t=seq)


def make_inputs(events: int) -> list[Input]:
    """The inputs of a run of so many events."""
    ticks = [Tick(elapsed_seconds=n / 4) for n in range(events // 2 - 1)]
    return [OPENING, *ticks]


def only_envelopes(inputs: Sequence[Input], _: Path) -> int:
    """Make envelopes and nothing else."""
    for seq, body in enumerate(inputs):
        wrap(body, seq)
    return len(inputs)


def without_journal(inputs: Sequence[Input], _: Path) -> int:
    """Envelopes and an agent that answers."""
    reactor = Reactor(Bus(build_agents(SETTINGS)))
    count = 0
    for body in inputs:
        event = wrap(body, count)
        count += 1 + len(reactor.react(event))
    return count


def all_the_way(inputs: Sequence[Input], path: Path) -> int:
    """Envelopes, an agent that answers, and a journal that is flushed at every input."""
    reactor = Reactor(Bus(build_agents(SETTINGS)))
    path.unlink(missing_ok=True)
    count = 0
    with JournalWriter(path) as journal:
        for body in inputs:
            event = wrap(body, count)
            batch = [event, *reactor.react(event)]
            journal.append(batch)
            count += len(batch)
    return count


def reading(_: Sequence[Input], path: Path) -> int:
    """Read a journal, validate every line and check its chain."""
    return sum(1 for _ in read_journal(path))


def replaying(_: Sequence[Input], path: Path) -> int:
    """Read a journal and compare all that the agent says now."""
    return Replayer(build_agents).verify(read_journal(path)).events


STRETCHES: dict[str, Callable[[Sequence[Input], Path], int]] = {
    "envelope": only_envelopes,
    "envelope, agent": without_journal,
    "envelope, agent, journal": all_the_way,
    "read the journal": reading,
    "replay the journal": replaying,
}
WANTED_PER_SECOND = dict.fromkeys(STRETCHES, 20_000) | {"replay the journal": 40_000}


def measure(events: int, rounds: int, folder: Path) -> dict[str, Speed]:
    """Best of some rounds, because others may use the machine as well."""
    inputs, path = make_inputs(events), folder / "events.jsonl"
    best = dict.fromkeys(STRETCHES, Speed(0.0, 0.0))
    for _ in range(rounds):
        for name, stretch in STRETCHES.items():
            started, worked = time.perf_counter(), time.process_time()
            count = stretch(inputs, path)
            worked = time.process_time() - worked
            found = (count / (time.perf_counter() - started), count / worked)
            best[name] = Speed(*map(max, best[name], found))
    return best


def show(speeds: Mapping[str, Speed]) -> None:
    """Print a small table."""
    rows = [
        (
            name,
            f"{speed.per_second:,.0f}",
            f"{speed.per_processor_second:,.0f}",
            f"{1e6 / speed.per_processor_second:.1f}",
            f"{WANTED_PER_SECOND[name]:,}",
        )
        for name, speed in speeds.items()
    ]
    header = (
        "stretch",
        "events/s",
        "events/s of processor time",
        "processor us/event",
        "at least",
    )
    publish("Events through each stretch of the way", header, rows, packages=PACKAGES)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="events in a round")
    parser.add_argument("--rounds", type=int, default=3, help="the best one counts")
    choice = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show(measure(choice.events, choice.rounds, Path(folder)))


if __name__ == "__main__":
    main()
