"""Measures a cold `predict` beside the same members in one process without a jail.

Run from the root: `python benchmarks/cold_predict.py [--turns 7]`. It
fits a run first; with `--run RUN --table TABLE` one that is there is taken. The one process
is the run's own export: it imports the members' libraries, reads, predicts and writes.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np
import pandas as pd
from published import publish

from engine.run_folder import RunFolder
from engine.source_closure import find_closure
from engine.trained import Trained

TRAINING_ROWS, ROWS, COLUMNS = 5_000, 10_000, 20
FIT_BUDGET = "20s"
MOST_TIMES = 2.0
Words = list[str | Path]


def write_table(path: Path, rows: int) -> None:
    """Write numbers, a category and two classes."""
    draw = np.random.default_rng(rows)
    x = draw.normal(size=(rows, COLUMNS))
    frame = pd.DataFrame(x, columns=[f"x{number}" for number in range(COLUMNS)])
    frame["kind"] = draw.choice(list("abcdef"), rows)
    logit = x[:, 0] * x[:, 1] + x[:, 2] - np.abs(x[:, 3]) + (frame["kind"] == "a")
    frame["y"] = np.where(logit + draw.normal(size=rows) > 0, "yes", "no")
    frame.to_csv(path, index=False)


def run_of_our_own(folder: Path) -> tuple[Path, Path]:
    """Fit a run; return it with a table of new rows."""
    write_table(folder / "train.csv", TRAINING_ROWS)
    write_table(folder / "new.csv", ROWS)
    run = folder / "run"
    fitting: Words = ["fit", folder / "train.csv", "--target", "y", "--run-dir", run]
    seconds_of([ROOT / "run.py", *fitting, "--budget", FIT_BUDGET])
    return run, folder / "new.csv"


def seconds_of(words: Words) -> float:
    """Wall time of a fresh interpreter, from its start to its end."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - started


def libraries_of(run: Path) -> list[str]:
    """What the members' code imports, and pandas, which reads their tables."""
    folder = RunFolder(run)
    members = Trained(folder).ensemble.members
    sources = [folder.blobs.read_text(member.source) for member in members]
    return sorted(find_closure((), sources).packages | {"pandas"})


def main() -> None:
    """Measure in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--table", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run, table = options.run, options.table
        if run is None or table is None:
            run, table = run_of_our_own(folder)
        seconds_of([ROOT / "run.py", "export", run, folder / "exported"])
        libraries = libraries_of(run)
        out = ["--out", folder / "out.csv"]
        ways: dict[str, Words] = {
            "bare import": ["-c", f"import {', '.join(libraries)}"],
            "one process": [folder / "exported" / "predict.py", table, *out],
            "cold predict": [ROOT / "run.py", "predict", run, table, *out],
        }
        report(measured(ways, options.turns), libraries)


def measured(ways: dict[str, Words], turns: int) -> dict[str, list[float]]:
    """Seconds of each way, taken in turns; a first turn only fills the caches of files."""
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(turns + 1):
        for way, words in ways.items():
            times[way].append(seconds_of(words))
    return {way: seconds[1:] for way, seconds in times.items()}


def report(times: dict[str, list[float]], libraries: list[str]) -> None:
    """Print seconds, and how many times those of one process they are."""
    rows = []
    for way, seconds in times.items():
        ratios = [a / b for a, b in zip(seconds, times["one process"], strict=True)]
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        ratio = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        rows.append((way, str(len(seconds)), f"{median(seconds):.2f}", spread, ratio))
    publish(
        "From asking for predictions to the end",
        ("way", "runs", "median s", "from to", "times one process"),
        rows,
        notes=(
            f"wanted: {MOST_TIMES:g} times the bare import plus prediction",
            f"libraries of the members: {', '.join(libraries)}",
        ),
        packages=("lightgbm", "pandas", "scikit-learn"),
    )


if __name__ == "__main__":
    main()
