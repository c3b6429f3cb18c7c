"""Shows that a journal is verified in the same memory however long it is.

Run from the root: `python benchmarks/long_journal.py [--events 1000000]`. Journals of
growing length are written and verified, each in a process of its own. A tenth of the
events ask for an effect, about as many as in a real run.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
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
from executors.process_status import status_bytes
from schemas.base import Frozen
from schemas.commands import PrepareTable
from schemas.envelope import Envelope
from schemas.inputs import RunStarted, Tick
from schemas.sayings import LoopClosed
from schemas.settings import RunSettings, TableSettings

SETTINGS = RunSettings(tables=TableSettings(table="none.csv"), trials=3)
EVENTS_A_COMMAND = 10
BATCH_EVENTS = 1000
MEBIBYTE = 1024**2
PER_PROCESSOR = "events/s of processor time"
SHORTER = (100, 10)
"""How much shorter the other journals are."""


class Talker:
    """Answers every input with a saying or, now and then, with a command."""

    name = "talker"
    hears: frozenset[type[Frozen]] = frozenset({RunStarted, Tick})

    def __init__(self) -> None:
        self._voice = Voice(self.name, seed=0)
        self._heard = 0

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Say something of a loop of its own."""
        self._heard += 1
        loop = f"c{self._heard}"
        if self._heard % (EVENTS_A_COMMAND // 2) == 0:
            return [self._voice.ask(PrepareTable(), purpose="work", loop=loop)]
        return [self._voice.say(LoopClosed(reason=f"event {self._heard}"), loop=loop)]


def build_agents(_: RunSettings) -> Sequence[Agent]:
    """One agent, for writing and for replays."""
    return [Talker()]


def said(events: int) -> Iterator[list[Envelope]]:
    """Each input with its output, up to a number of events."""
    reactor = Reactor(Bus(build_agents(SETTINGS)))
    for seq in range(0, events, 2):
        opening = RunStarted(settings=SETTINGS, versions=(), fingerprint="")
        body = Tick(elapsed_seconds=seq / 4) if seq else opening
        event = Envelope(
            run="r", session=0, seq=seq, io="in", body=body, src="clock", t=seq
        )
        yield [event, *reactor.react(event)]


def write(path: Path, events: int) -> None:
    """Write a journal, many events at a time."""
    waiting: list[Envelope] = []
    with JournalWriter(path) as journal:
        for batch in said(events):
            waiting += batch
            if len(waiting) >= BATCH_EVENTS:
                journal.append(waiting)
                waiting.clear()
        journal.append(waiting)


class Verified(NamedTuple):
    """What verifying took: the largest memory of the process, and time.

    Attributes:
        events: How many events there were.
        largest_bytes: Largest memory of the process.
        seconds: How long it took.
        processor_seconds: How long a processor worked for it: others may be at work as well.
    """

    events: int
    largest_bytes: int
    seconds: float
    processor_seconds: float


def verify(path: Path) -> Verified:
    """Verify a journal in this process."""
    started, worked = time.perf_counter(), time.process_time()
    report = Replayer(build_agents).verify(read_journal(path))
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    return Verified(report.events, status_bytes("self", "VmHWM"), seconds, worked)


def verify_elsewhere(path: Path, events: int) -> Verified:
    """Write a journal and verify it, each in a process of its own."""
    for deed in ("write", "verify"):
        words = [sys.executable, __file__, "--do", deed, "--path", str(path)]
        told = subprocess.run(
            [*words, "--events", str(events)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    count, largest, seconds, worked = told.split()
    return Verified(int(count), int(largest), float(seconds), float(worked))


def compare(events: int) -> None:
    """Verify journals of growing length and print a table."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, part in enumerate((*SHORTER, 1)):
            path = Path(folder) / f"{number}.jsonl"
            found = verify_elsewhere(path, events // part)
            rows.append(
                (
                    f"{found.events:,}",
                    f"{path.stat().st_size / MEBIBYTE:,.1f}",
                    f"{found.largest_bytes / MEBIBYTE:.1f}",
                    f"{found.events / found.seconds:,.0f}",
                    f"{found.events / found.processor_seconds:,.0f}",
                )
            )
            path.unlink()
    publish(
        "Verifying journals of growing length",
        ("events", "journal MiB", "largest memory MiB", "events/s", PER_PROCESSOR),
        rows,
        notes=(f"one event in {EVENTS_A_COMMAND} is a command with a key of its own",),
        packages=("pydantic",),
    )


def main() -> None:
    """Compare, or do one deed of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--do", choices=["write", "verify"], help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    choice = parser.parse_args()
    match choice.do:
        case "write":
            write(choice.path, choice.events)
        case "verify":
            sys.stdout.write(" ".join(map(str, verify(choice.path))))
        case _:
            compare(choice.events)


if __name__ == "__main__":
    main()
