"""Shows that `--trials` gives one result whatever the workers and the load.

Run from the root: `python benchmarks/reproducible.py [--trials 40]`.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
VARYING_KEYS = ("seconds", "memory", "journal", "stages")
CASES = ((1, 0), (2, 0), (4, 0), (2, 3))
"""Workers, and processes that keep the cores busy meanwhile."""


def spin() -> None:
    """Keep a core busy until ended."""
    while True:
        sum(range(10_000))


def fit(folder: Path, trials: int, workers: int, load: int) -> dict[str, object]:
    """Run once beside `load` busy processes and return the result."""
    busy = [multiprocessing.Process(target=spin, daemon=True) for _ in range(load)]
    for process in busy:
        process.start()
    table = ROOT / "examples" / "german_credit.csv"
    words = ["fit", str(table), "--target", "class", "--trials", str(trials)]
    words += ["--seed", "1", "--workers", str(workers), "--run-dir", str(folder)]
    try:
        subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    finally:
        for process in busy:
            process.terminate()
    result: dict[str, object] = json.loads((folder / "result.json").read_text())
    return result


def main() -> None:
    """Run every case and say which differ from the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=40)
    options = parser.parse_args()
    console = Console()
    first: dict[str, object] | None = None
    with tempfile.TemporaryDirectory() as name:
        for workers, load in CASES:
            folder = Path(name) / f"{workers}-{load}"
            result = fit(folder, options.trials, workers, load)
            seconds = result["seconds"]
            for key in VARYING_KEYS:
                del result[key]
            first = first or result
            verdict = "same" if result == first else "DIFFERENT"
            console.print(f"{workers} workers, {load} busy: {seconds} s, {verdict}")


if __name__ == "__main__":
    main()
