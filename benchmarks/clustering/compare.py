"""Holds clusterings against the best fixed methods, by the adjusted Rand index.

Run from the root: `python -m benchmarks.clustering.compare --out FOLDER [--tables FOLDER]`.
The labels of a table (its last column) are read by this script, and by the run at its end.
Rows that stand in FOLDER/results.jsonl are not computed again, and it may be started N times at
once with `--share 0 N`, `--share 1 N`, ...; `report.py` makes the table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from sklearn.metrics import adjusted_rand_score

from benchmarks.clustering.fixed_methods import METHODS, by_silhouette, standardised
from benchmarks.clustering.shapes import SHAPES, Labelled, noise, shape

ROOT = Path(__file__).resolve().parents[2]
LABEL = "known_label"
SEEDS = 5
NOISE_SEEDS = 10

Row = dict[str, object]


class Ours(NamedTuple):
    """What a run found: the adjusted Rand index and the number of clusters."""

    ari: float
    clusters: int
    seconds: float


def read_labelled(path: Path) -> Labelled:
    """Read a table whose last column is the label."""
    table = pd.read_csv(path)
    truth = pd.factorize(table.iloc[:, -1])[0]
    return Labelled(table.iloc[:, :-1], truth.astype("int64"))


def run(known: Labelled, seed: int, trials: int, clusters: int | None) -> Ours:
    """Cluster a table by the command line, as a user would."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = known.table.assign(**{LABEL: [f"c{code}" for code in known.truth]})
        table.to_csv(folder / "table.csv", index=False)
        words = ["fit", str(folder / "table.csv"), "--task", "clustering"]
        words += ["--label", LABEL, "--trials", str(trials), "--seed", str(seed)]
        words += ["--run-dir", str(folder / "run")]
        if clusters is not None:
            words += ["--clusters", str(clusters)]
        subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        result = json.loads((folder / "run" / "result.json").read_text())
    found = result["clustering"]["clusters"]
    return Ours(result["test"]["ari"], found, result["seconds"])


def fixed_rows(name: str, seed: int, known: Labelled) -> Iterator[Row]:
    """What the fixed methods reach."""
    values = standardised(known.table)
    number = len(set(known.truth.tolist()))
    for method, fit in METHODS.items():
        given = fit(values, number, seed)
        chosen = by_silhouette(values, method, seed)
        for track, labels in (("given", given), ("chosen", chosen)):
            yield {
                "table": name,
                "seed": seed,
                "system": method,
                "track": track,
                "ari": adjusted_rand_score(known.truth, labels),
                "clusters": len(set(labels.tolist())),
            }


def our_rows(name: str, seed: int, known: Labelled, trials: int) -> Iterator[Row]:
    """What runs reach; with the true number chosen, a run that is given it is the same."""
    number = len(set(known.truth.tolist()))
    chosen = run(known, seed, trials, None)
    given = chosen
    if chosen.clusters != number:
        given = run(known, seed, trials, number)
    for track, ours in (("chosen", chosen), ("given", given)):
        yield {
            "table": name,
            "seed": seed,
            "system": "sage-loop",
            "track": track,
            **ours._asdict(),
        }


def noise_row(seed: int, trials: int) -> Row:
    """What a run makes of uniform noise."""
    table = noise(seed)
    truth = pd.Series(range(len(table))).mod(2).to_numpy()
    ours = run(Labelled(table, truth.astype("int64")), seed, trials, None)
    return {
        "table": "noise",
        "seed": seed,
        "system": "sage-loop",
        "track": "chosen",
        "clusters": ours.clusters,
        "seconds": ours.seconds,
    }


class Unit(NamedTuple):
    """One table and seed."""

    name: str
    seed: int


def units(tables: dict[str, Path]) -> list[Unit]:
    """All tables for all seeds, seed by seed, then the seeds of noise."""
    names = [*tables, *SHAPES]
    return [Unit(name, seed) for seed in range(SEEDS) for name in names] + [
        Unit("noise", seed) for seed in range(NOISE_SEEDS)
    ]


def main() -> None:
    """Run what is missing of one share of the work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tables", type=Path)
    parser.add_argument(
        "--share", type=int, nargs=2, default=(0, 1), metavar=("I", "N")
    )
    parser.add_argument("--trials", type=int, default=12)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    results = options.out / "results.jsonl"
    lines = results.read_text().splitlines() if results.exists() else []
    done = {
        (row["table"], row["seed"], row["system"]) for row in map(json.loads, lines)
    }
    real = sorted(options.tables.glob("*.csv")) if options.tables else []
    tables = {path.stem: path for path in real}
    first, step = options.share
    for name, seed in units(tables)[first::step]:
        if name == "noise" and (name, seed, "sage-loop") not in done:
            keep(results, iter([noise_row(seed, options.trials)]))
        if name == "noise":
            continue
        path = tables.get(name)
        known = shape(name, seed) if path is None else read_labelled(path)
        if (name, seed, "sage-loop") not in done:
            keep(results, our_rows(name, seed, known, options.trials))
        if (name, seed, "ward") not in done:
            keep(results, fixed_rows(name, seed, known))


def keep(path: Path, rows: Iterator[Row]) -> None:
    """Append rows once all of them are there."""
    lines = "".join(f"{json.dumps(row)}\n" for row in list(rows))
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


if __name__ == "__main__":
    main()
