"""Time and memory of large clusterings: `python -m benchmarks.clustering.scale ROWS COLUMNS`.

With `--co-association` it measures one exact matrix of ROWS rows and COLUMNS partitions.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.clustering.memory import PeakMemory
from tabular.agreement import adjusted_rand
from tabular.consensus import co_association

ROOT = Path(__file__).resolve().parents[2]
CLUSTERS = 5
MEGABYTE = 1024**2


def large_table(rows: int, columns: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Five overlapping round clusters."""
    random = np.random.default_rng(0)
    truth = random.integers(CLUSTERS, size=rows)
    centres = 3 * random.normal(size=(CLUSTERS, columns))
    values = centres[truth] + random.normal(size=(rows, columns))
    names = [f"x{number}" for number in range(columns)]
    return pd.DataFrame(values.astype(np.float32), columns=names), truth


def fit(rows: int, columns: int, budget: str, workers: int) -> None:
    """Cluster a large table by the command line and say what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, truth = large_table(rows, columns)
        table.to_parquet(folder / "table.parquet")
        words = ["fit", str(folder / "table.parquet"), "--task", "clustering"]
        words += ["--budget", budget, "--workers", str(workers)]
        words += ["--run-dir", str(folder / "run")]
        begun = time.monotonic()
        engine = subprocess.Popen([sys.executable, str(ROOT / "run.py"), *words])
        with PeakMemory(engine.pid) as memory:
            if engine.wait():
                raise SystemExit(engine.returncode)
        seconds = time.monotonic() - begun
        result = json.loads((folder / "run" / "result.json").read_text())
        labels = pd.read_csv(folder / "run" / "assignments.csv")["prediction"]
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(  # noqa: T201
        f"{rows} x {columns}: {seconds:.0f} s ({usage.ru_utime + usage.ru_stime:.0f} s of "
        f"processor time), {memory.peak_bytes / MEGABYTE:.0f} MB together, "
        f"largest job {result['memory']['peak_bytes'] / MEGABYTE:.0f} MB, "
        f"{result['clustering']['clusters']} clusters, "
        f"ARI {adjusted_rand(truth, labels.to_numpy()):.3f}"
    )


def co_associate(rows: int, partitions: int) -> None:
    """Build one exact matrix."""
    random = np.random.default_rng(0)
    labels = random.integers(CLUSTERS, size=(partitions, rows))
    begun, used = time.monotonic(), time.process_time()
    co_association(labels, np.ones(partitions))
    print(  # noqa: T201
        f"co-association of {rows} rows, {partitions} partitions: "
        f"{time.monotonic() - begun:.2f} s ({time.process_time() - used:.2f} s of "
        "processor time)"
    )


def main() -> None:
    """Measure one thing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("columns", type=int)
    parser.add_argument("--budget", default="90s")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--co-association", action="store_true")
    options = parser.parse_args()
    if options.co_association:
        co_associate(options.rows, options.columns)
    else:
        fit(options.rows, options.columns, options.budget, options.workers)


if __name__ == "__main__":
    main()
