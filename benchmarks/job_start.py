"""Measures how soon candidate code runs: a forked worker against a cold interpreter.

Run from the root: `python benchmarks/job_start.py [JOBS]`.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import anyio
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from executors.buffers import SealedBuffer
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
COLD = "import pandas, sklearn.ensemble, lightgbm, time; print(time.monotonic_ns())"
ROWS = 1000
COLD_STARTS = 3
NANOSECONDS_PER_MILLISECOND = 1e6


def program() -> WorkerProgram:
    """Describe a fit that does nothing but note when it began."""
    spec = WorkerSpec(
        task="regression",
        classes=(),
        seed=0,
        n_threads=1,
        seconds=10,
        kinds={"a": "numeric"},
        clusters=None,
    )
    return WorkerProgram(mode="fit", source=SOURCE, spec=spec, rows=ROWS, columns=1)


async def worker_starts(jobs: int) -> list[float]:
    """Return the time in ms from asking the pool to the first line, for each job."""
    frame = pd.DataFrame({"a": np.arange(float(ROWS))})
    inputs = {
        "train_x": SealedBuffer.from_frame(frame),
        "train_y": SealedBuffer.from_array(np.arange(float(ROWS))),
        "valid_x": SealedBuffer.from_frame(frame),
    }
    limits = JobLimits(wall_seconds=20, cpu_seconds=20, memory_bytes=2**30, threads=1)
    times = []
    with tempfile.TemporaryDirectory() as spool:
        async with WorkerPool(threads=1, spool=Path(spool)) as pool:
            await pool.ready()
            for _ in range(jobs):
                asked = time.monotonic_ns()
                outcome = await pool.run(program(), inputs, limits)
                if not isinstance(outcome, JobSuccess):
                    raise SystemExit(f"the job failed: {outcome.message}")
                began = float(outcome.values[0, 0])
                times.append((began - asked) / NANOSECONDS_PER_MILLISECOND)
    return times


def cold_starts() -> list[float]:
    """Return the time in ms from exec to the first line of a cold interpreter."""
    times = []
    for _ in range(COLD_STARTS):
        asked = time.monotonic_ns()
        printed = subprocess.check_output([sys.executable, "-c", COLD])
        times.append((int(printed) - asked) / NANOSECONDS_PER_MILLISECOND)
    return times


def main() -> None:
    """Measure both and print a table."""
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    table = Table("start", "runs", "median ms", "90 % under ms")
    measured = {
        "forked worker": anyio.run(worker_starts, jobs),
        "cold interpreter": cold_starts(),
    }
    for name, times in measured.items():
        late = quantiles(times, n=10, method="inclusive")[-1]
        table.add_row(name, str(len(times)), f"{median(times):.1f}", f"{late:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
