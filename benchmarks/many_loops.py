"""Shows what loops cost that are all open at once: time, and memory for each.

Run from the root: `python benchmarks/many_loops.py [--loops 10000]`. Every loop asks for
jobs one after the other. An effect ends only after one of every loop has begun, so all of
them are under way together; the real core and the real journal are used. Each number of
loops is measured in a process of its own.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import anyio
from published import publish

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Outcome
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from bus.replay import Replayer
from executors.process_status import status_bytes
from schemas.base import BlobRef, Frozen
from schemas.candidate import RAW_VIEW
from schemas.commands import RunJob
from schemas.envelope import Envelope
from schemas.inputs import FitFinished, RunStarted
from schemas.jobs import FitJob, FitReport, JobLimits, JobUsage, Rung
from schemas.sayings import LoopClosed, LoopOpened, RunFinished
from schemas.settings import RunSettings, TableSettings

SETTINGS = RunSettings(tables=TableSettings(table="none.csv"), trials=3)
RUNGS = tuple(Rung)
BLOB = BlobRef(digest="ab" * 32, size=10)
LIMITS = JobLimits(wall_seconds=9, cpu_seconds=9, memory_bytes=1 << 30, threads=1)
USAGE = JobUsage(seconds=1.0, cpu_seconds=1.0, peak_bytes=1)
REPORT = FitReport(
    score=0.5, predictions=BLOB, columns=1, distinct=9, model=None, usage=USAGE
)
KIBIBYTE = 1024
SHARES = (8, 4, 2, 1)
"""The whole number of loops is measured last, and parts of it before."""


class Looper:
    """Opens every loop at once and takes each from rung to rung."""

    name = "looper"
    hears: frozenset[type[Frozen]] = frozenset({RunStarted, FitFinished})

    def __init__(self, loops: int) -> None:
        self._loops = loops
        self._voice = Voice(self.name, seed=0)
        self._climbed: dict[str, int] = {}

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Open all loops, or go on with one."""
        if event.loop is not None:
            return self._go_on(event.loop)
        names = [f"c{number}" for number in range(self._loops)]
        self._climbed = dict.fromkeys(names, 0)
        opened = [self._voice.say(LoopOpened(), name) for name in names]
        return [*opened, *(self._ask(name) for name in names)]

    def _go_on(self, loop: str) -> Sequence[Statement]:
        self._climbed[loop] += 1
        if self._climbed[loop] < len(RUNGS):
            return [self._ask(loop)]
        del self._climbed[loop]
        closed = self._voice.say(LoopClosed(reason="done"), loop)
        if self._climbed:
            return [closed]
        return [closed, self._voice.say(RunFinished(status="done"))]

    def _ask(self, loop: str) -> Statement:
        rung = self._climbed[loop]
        job = FitJob(
            candidate=f"{loop}-v1",
            rung=RUNGS[rung],
            fold=0,
            source=BLOB,
            view=RAW_VIEW,
            seed=0,
            limits=LIMITS,
        )
        return self._voice.ask(RunJob(job=job), purpose="job", n=rung, loop=loop)


class Together:
    """Lets no effect end before so many have begun."""

    def __init__(self, effects: int) -> None:
        self._missing = effects
        self._all_began = anyio.Event()

    async def run(self, _: Envelope) -> Outcome:
        """Wait for the others, then say that it went well."""
        self._missing -= 1
        if self._missing == 0:
            self._all_began.set()
        await self._all_began.wait()
        return Outcome(FitFinished(report=REPORT))


class Cost(NamedTuple):
    """What so many loops cost in one process.

    Attributes:
        events: How many events they wrote.
        seconds: Time of the run.
        run_seconds: Processor time of the run: others may be at work as well.
        replay_seconds: Processor time to verify its journal.
        grown_bytes: By how much the largest memory of the process grew during the run.
    """

    events: int
    seconds: float
    run_seconds: float
    replay_seconds: float
    grown_bytes: int


async def work(loops: int, path: Path) -> None:
    """A run with so many loops open at once."""
    mode = Mode(is_reproducible=False, capacity=Capacity(workers=loops))
    opening = RunStarted(settings=SETTINGS, versions=(), fingerprint="")
    with JournalWriter(path) as journal:
        bus = Bus([Looper(loops)])
        core = Core("r", bus, journal, Together(loops), mode, time.time_ns)
        await core.run(opening)


def measure(loops: int) -> Cost:
    """Run and replay in this process."""

    def build(_: RunSettings) -> Sequence[Agent]:
        return [Looper(loops)]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        anyio.run(work, 1, Path(folder) / "warm.jsonl")
        before, started = status_bytes("self", "VmHWM"), time.perf_counter()
        worked = time.process_time()
        anyio.run(work, loops, path)
        seconds, ran = time.perf_counter() - started, time.process_time() - worked
        grown = status_bytes("self", "VmHWM") - before
        report = Replayer(build).verify(read_journal(path))
    replayed = time.process_time() - worked - ran
    return Cost(report.events, seconds, ran, replayed, grown)


def measure_elsewhere(loops: int) -> Cost:
    """Measure in a process of its own."""
    words = [sys.executable, __file__, "--alone", "--loops", str(loops)]
    told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    events, seconds, ran, replayed, grown = told.split()
    return Cost(int(events), float(seconds), float(ran), float(replayed), int(grown))


def compare(loops: int) -> None:
    """Measure growing numbers of loops and print a table."""
    rows: list[tuple[str, ...]] = []
    for share in SHARES:
        count = loops // share
        cost = measure_elsewhere(count)
        rows.append(
            (
                f"{count:,}",
                f"{cost.events:,}",
                f"{cost.seconds:.2f}",
                f"{1e6 * cost.run_seconds / count:.0f}",
                f"{1e6 * cost.replay_seconds / count:.0f}",
                f"{cost.grown_bytes / count / KIBIBYTE:.1f}",
            )
        )
    publish(
        "Loops that are open at once",
        (
            "loops",
            "events",
            "seconds",
            "processor us a loop",
            "to replay it",
            "KiB a loop",
        ),
        rows,
        notes=(
            f"each loop asks for {len(RUNGS)} jobs, and all first jobs are under way "
            "together, one task each; the memory is that of the whole process",
        ),
        packages=("anyio", "pydantic"),
    )


def main() -> None:
    """Compare, or measure one number of loops."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loops", type=int, default=10_000)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    choice = parser.parse_args()
    if choice.alone:
        sys.stdout.write(" ".join(map(str, measure(choice.loops))))
    else:
        compare(choice.loops)


if __name__ == "__main__":
    main()
