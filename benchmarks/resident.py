"""Measures how soon a resident predictor answers, behind the whole fence.

Run from the root: `python benchmarks/resident.py [CALLS]`. The member is LightGBM with 100
trees over 20 columns, and every call hands it 10,000 rows.
"""

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
from executors.outcome import JobSuccess
from executors.pool import WorkerPool
from executors.program import Mode, WorkerProgram, WorkerSpec
from executors.resident import ResidentMember, ResidentPredictor
from schemas.jobs import JobLimits

SOURCE = """import lightgbm
class Candidate:
    def __init__(self, spec):
        self.model = lightgbm.LGBMClassifier(n_estimators=100, verbose=-1)
    def fit(self, X, y): self.model.fit(X, y)
    def predict(self, X): return self.model.predict(X)
    def predict_proba(self, X): return self.model.predict_proba(X)
"""
COLUMNS, TRAINING_ROWS, ROWS = 20, 2000, 10_000
WANTED_SECONDS = 0.2
LIMITS = JobLimits(
    wall_seconds=60, cpu_seconds=60, memory_bytes=1024 * 1024**2, threads=2
)


class Measured(NamedTuple):
    """Seconds of the first call, which starts the process, and of those after it."""

    first: float
    warm: list[float]


def table(rows: int) -> pd.DataFrame:
    """Random numbers."""
    values = np.random.default_rng(rows).normal(size=(rows, COLUMNS))
    return pd.DataFrame(values, columns=[f"x{n}" for n in range(COLUMNS)])


def program(mode: Mode, rows: int) -> WorkerProgram:
    """Describe a fit or a prediction."""
    spec = WorkerSpec(
        task="binary",
        classes=("no", "yes"),
        seed=0,
        n_threads=2,
        seconds=60,
        kinds=dict.fromkeys(table(1), "numeric"),
        clusters=None,
    )
    return WorkerProgram(
        mode=mode,
        source=SOURCE,
        spec=spec,
        rows=rows,
        columns=2,
        keeps_model=mode == "fit",
    )


async def fitted_member(pool: WorkerPool) -> ResidentMember:
    """Fit the model in a job."""
    train = table(TRAINING_ROWS)
    target = (train["x0"] + train["x1"] > 0).to_numpy().astype(np.int64)
    inputs = {
        "train_x": SealedBuffer.from_frame(train),
        "train_y": SealedBuffer.from_array(target),
        "valid_x": SealedBuffer.from_frame(train),
    }
    outcome = await pool.run(program("fit", TRAINING_ROWS), inputs, LIMITS)
    if not isinstance(outcome, JobSuccess) or outcome.model is None:
        raise SystemExit("the fit failed")
    return ResidentMember(program("predict", ROWS), (outcome.model,))


async def measure(calls: int) -> Measured:
    """Ask again and again."""
    times, rows = [], table(ROWS)
    with tempfile.TemporaryDirectory() as spool:
        async with WorkerPool(threads=2, spool=Path(spool)) as pool:
            member = await fitted_member(pool)
            async with ResidentPredictor(pool, [member], LIMITS) as predictor:
                for _ in range(calls + 1):
                    started = time.perf_counter()
                    await predictor.predict(rows)
                    times.append(time.perf_counter() - started)
    return Measured(times[0], times[1:])


def main() -> None:
    """Measure and print a table."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    first, warm = anyio.run(measure, calls)
    late = quantiles(warm, n=10, method="inclusive")[-1]
    rows = [
        ("first", "1", f"{1000 * first:.0f}", ""),
        ("warm", str(len(warm)), f"{1000 * median(warm):.0f}", f"{1000 * late:.0f}"),
    ]
    publish(
        f"A resident predictor answers for {ROWS:,} rows",
        ("call", "calls", "median ms", "90 % under ms"),
        rows,
        notes=(f"wanted: {1000 * WANTED_SECONDS:.0f} ms once warm",),
        packages=("lightgbm", "numpy", "pandas"),
    )


if __name__ == "__main__":
    main()
