"""Measures whether a budget holds: wall time of whole runs, and results after Ctrl-C.

Run from the root: `python benchmarks/budget.py [--runs 10] [--interrupts 10]`.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
ROWS, COLUMNS = 10_000, 20
EARLIEST_INTERRUPT_SECONDS = 5.0


class Run(NamedTuple):
    """One run: how long it took, how it left, and how many members it has."""

    seconds: float
    code: int
    pooled: int
    members: int


def write_table(path: Path) -> None:
    """Write 10,000 rows of 20 columns with two classes."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(ROWS, COLUMNS))
    frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(COLUMNS)])
    logit = x[:, 0] * x[:, 1] + x[:, 2] - np.abs(x[:, 3])
    frame["y"] = np.where(logit + draw.normal(size=ROWS) > 0, "yes", "no")
    frame.to_csv(path, index=False)


def run_once(table: Path, folder: Path, budget: float, interrupt: float | None) -> Run:
    """Fit once; send Ctrl-C after some seconds if asked to."""
    words = ["fit", str(table), "--target", "y", "--budget", f"{budget:g}s"]
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *words, "--run-dir", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(interrupt)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait()
    seconds = time.monotonic() - started
    result = json.loads((folder / "result.json").read_text())
    pooled = result["counts"]["pooled"]
    return Run(seconds, process.returncode, pooled, len(result["ensemble"]))


def main() -> None:
    """Run, print a line for each run and a table at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--interrupts", type=int, default=10)
    parser.add_argument("--budget", type=float, default=60.0)
    options = parser.parse_args()
    console = Console()
    draw = random.Random(0)
    table = Table("run", "interrupt", "seconds", "exit code", "pooled", "members")
    with tempfile.TemporaryDirectory() as name:
        write_table(Path(name) / "table.csv")
        moments: list[float | None] = [None] * options.runs
        for _ in range(options.interrupts):
            latest = options.budget - EARLIEST_INTERRUPT_SECONDS
            moments.append(draw.uniform(EARLIEST_INTERRUPT_SECONDS, latest))
        for number, moment in enumerate(moments):
            folder = Path(name) / f"run-{number}"
            done = run_once(Path(name) / "table.csv", folder, options.budget, moment)
            shown = "-" if moment is None else f"{moment:.1f} s"
            cells = (number, shown, f"{done.seconds:.1f}", *done[1:])
            table.add_row(*map(str, cells))
            console.print(*cells)
    console.print(table)


if __name__ == "__main__":
    main()
