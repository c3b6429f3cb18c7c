"""Measures how soon candidate code runs, and what many idle workers take.

Compared are a forked worker behind the whole fence, one behind a bare fence without
the layers that a kernel may refuse, and a cold interpreter.

The kinds of start take turns, so that a busy machine slows all of them alike. Run from
the root: `python benchmarks/job_start.py [JOBS]`.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import anyio
import numpy as np
import pandas as pd
from published import publish

from executors.buffers import SealedBuffer
from executors.jail.layers import missing_layers
from executors.outcome import JobSuccess
from executors.pool import WorkerPool
from executors.program import WorkerProgram, WorkerSpec
from schemas.jobs import JobLimits

# The clock is read in the first line, before the class is even defined.
SOURCE = """import time; started = time.monotonic_ns()
class Candidate:
    def __init__(self, spec): pass
    def fit(self, X, y): pass
    def predict(self, X): return [float(started)] * len(X)
"""
IDLE_SOURCE = "import time; time.sleep(60)"
AT_ONCE = 32
LOOK_SECONDS = 0.2
LIMITS = JobLimits(
    wall_seconds=90, cpu_seconds=20, memory_bytes=256 * 1024**2, threads=1
)
COLD = "import pandas, sklearn.ensemble, lightgbm, time; print(time.monotonic_ns())"
ROWS = 1000
COLD_STARTS = 3
NANOSECONDS_PER_MILLISECOND = 1e6


class Measured(NamedTuple):
    """Start times in ms, private memory of idle workers in MiB, missing layers."""

    fenced: list[float]
    bare: list[float]
    private: list[float]
    missing: tuple[str, ...]


def program(source: str) -> WorkerProgram:
    """Describe a fit."""
    spec = WorkerSpec(
        task="regression",
        classes=(),
        seed=0,
        n_threads=1,
        seconds=10,
        kinds={"a": "numeric"},
        clusters=None,
    )
    return WorkerProgram(mode="fit", source=source, spec=spec, rows=ROWS, columns=1)


def job_inputs() -> dict[str, SealedBuffer]:
    """Return a small table."""
    frame = pd.DataFrame({"a": np.arange(float(ROWS))})
    return {
        "train_x": SealedBuffer.from_frame(frame),
        "train_y": SealedBuffer.from_array(np.arange(float(ROWS))),
        "valid_x": SealedBuffer.from_frame(frame),
    }


async def start_of(pool: WorkerPool, inputs: dict[str, SealedBuffer]) -> float:
    """Return the time in ms from asking a pool to the first line of a job."""
    asked = time.monotonic_ns()
    outcome = await pool.run(program(SOURCE), inputs, LIMITS)
    if not isinstance(outcome, JobSuccess):
        raise SystemExit(f"the job failed: {outcome.message}")
    return (float(outcome.values[0, 0]) - asked) / NANOSECONDS_PER_MILLISECOND


async def measure(jobs: int) -> Measured:
    """Run jobs in turns behind both fences, then many idle ones at once."""
    inputs = job_inputs()
    fenced, bare = [], []
    with tempfile.TemporaryDirectory() as spool:
        async with (
            WorkerPool(threads=1, spool=Path(spool)) as jail,
            WorkerPool(threads=1, spool=Path(spool), layers=()) as open_air,
        ):
            missing = missing_layers(await jail.layers())
            await open_air.ready()
            for _ in range(jobs):
                fenced.append(await start_of(jail, inputs))
                bare.append(await start_of(open_air, inputs))
            private = await idle_workers(jail, inputs)
    return Measured(fenced, bare, private, tuple(layer.name for layer in missing))


async def idle_workers(
    pool: WorkerPool, inputs: dict[str, SealedBuffer]
) -> list[float]:
    """Return the private memory in MiB of each of many workers that wait together."""
    async with anyio.create_task_group() as group:
        for _ in range(AT_ONCE):
            group.start_soon(pool.run, program(IDLE_SOURCE), inputs, LIMITS)
        waiting: list[int] = []
        while len(waiting) < AT_ONCE:
            await anyio.sleep(LOOK_SECONDS)
            waiting = [process for process in workers() if is_asleep(process)]
        found = [private_mebibytes(process) for process in waiting]
        group.cancel_scope.cancel()
    return found


def workers() -> list[int]:
    """Return the processes three generations below this one: zygote, supervisor, child."""
    generation = [os.getpid()]
    for _ in range(3):
        generation = [child for parent in generation for child in children_of(parent)]
    return generation


def children_of(process: int) -> list[int]:
    """Return the children of the main thread of a process."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in listed.read_text().split()]


def is_asleep(process: int) -> bool:
    """Say whether a process has reached its sleep."""
    return "nanosleep" in Path(f"/proc/{process}/wchan").read_text()


def private_mebibytes(process: int) -> float:
    """Return the memory that a process shares with no other."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kept = [line for line in lines if line.startswith("Private_")]
    return sum(int(line.split()[1]) for line in kept) / 1024


def cold_starts() -> list[float]:
    """Return the time in ms from exec to the first line of a cold interpreter."""
    times = []
    for _ in range(COLD_STARTS):
        asked = time.monotonic_ns()
        printed = subprocess.check_output([sys.executable, "-c", COLD])
        times.append((int(printed) - asked) / NANOSECONDS_PER_MILLISECOND)
    return times


def main() -> None:
    """Measure all and print a table."""
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    measured = anyio.run(measure, jobs)
    starts = {
        "whole fence": measured.fenced,
        "bare fence": measured.bare,
        "cold interpreter": cold_starts(),
    }
    rows = [_row(name, times) for name, times in starts.items()]
    added = median(measured.fenced) - median(measured.bare)
    faster = median(starts["cold interpreter"]) / median(measured.fenced)
    publish(
        "From asking for a job to its first line",
        ("start", "runs", "median ms", "90 % under ms"),
        rows,
        notes=(
            f"layers add {added:.1f} ms; {faster:.0f} times faster than cold",
            f"{AT_ONCE} idle workers at once: private memory "
            f"{median(measured.private):.1f} MiB median, "
            f"{max(measured.private):.1f} MiB at most",
            f"missing layers: {', '.join(measured.missing) or 'none'}",
        ),
        packages=("numpy", "pandas", "scikit-learn", "lightgbm"),
    )


def _row(name: str, times: list[float]) -> tuple[str, ...]:
    late = quantiles(times, n=10, method="inclusive")[-1]
    return (name, str(len(times)), f"{median(times):.1f}", f"{late:.1f}")


if __name__ == "__main__":
    main()
