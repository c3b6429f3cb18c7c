"""Holds clusterings against the best fixed methods, by the adjusted Rand index.

Run from the root: `python -m benchmarks.clustering.compare --out FOLDER [--tables FOLDER]`.
The labels of a table (its last column) are read by this script, and by a run at its end. The
runs go through `run.py batch`, a few at a time, as long as there are minutes left; started
again, it goes on with what is missing. `report.py` makes the table.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from benchmarks.clustering.fixed_methods import METHODS, by_silhouette, standardised
from benchmarks.clustering.shapes import SHAPES, Labelled, noise, shape

ROOT = Path(__file__).resolve().parents[2]
LABEL = "known_label"
SEEDS = 5
NOISES_PER_SEED = 2
RUNS_AT_ONCE = 11
"""Runs of one batch share their workers."""

FINAL_STATES = frozenset({"done", "no_model"})

Row = dict[str, object]


class Unit(NamedTuple):
    """One table and seed; noise has no clusters."""

    name: str
    seed: int

    @property
    def is_noise(self) -> bool:
        """Whether there are no clusters to find."""
        return self.name == "noise"


class Comparison(NamedTuple):
    """Where everything lies.

    Attributes:
        out: Folder of tables, runs and rows.
        real: Tables with labels, by name.
        trials: Trials of each run.
    """

    out: Path
    real: dict[str, Path]
    trials: int

    @property
    def units(self) -> list[Unit]:
        """All tables and two tables of noise for each seed, seed by seed."""
        units = []
        for seed in range(SEEDS):
            units += [Unit(name, seed) for name in (*self.real, *SHAPES)]
            first = NOISES_PER_SEED * seed
            units += [Unit("noise", first + place) for place in range(NOISES_PER_SEED)]
        return units

    def known(self, unit: Unit) -> Labelled:
        """A table with the cluster of each row; labels of noise say nothing."""
        if unit.is_noise:
            table = noise(unit.seed)
            return Labelled(table, np.arange(len(table)) % 2)
        path = self.real.get(unit.name)
        return shape(unit.name, unit.seed) if path is None else read_labelled(path)

    def run_folder(self, unit: Unit, track: str) -> Path:
        """Where `run.py batch` keeps a run."""
        stem = f"{unit.name}-{unit.seed}"
        return self.out / "runs" / f"{stem}-{track}-seed{unit.seed}"


def read_labelled(path: Path) -> Labelled:
    """Read a table whose last column is the label."""
    table = pd.read_csv(path)
    truth = pd.factorize(table.iloc[:, -1])[0]
    return Labelled(table.iloc[:, :-1], truth.astype("int64"))


def result_of(folder: Path) -> Row | None:
    """What a run came to; None if it is not there yet or was cancelled."""
    path = folder / "result.json"
    if not path.exists():
        return None
    result: Row = json.loads(path.read_text())
    return result if result["status"] in FINAL_STATES else None


def found_clusters(result: Row) -> int:
    """How many clusters a run came to; 0 if to nothing."""
    clustering = result["clustering"]
    return int(clustering["clusters"]) if isinstance(clustering, dict) else 0


def is_right(comparison: Comparison, unit: Unit, chosen: Row) -> bool:
    """Whether a run chose the true number: then one that is given it does the same."""
    if unit.is_noise:
        return False
    truth = comparison.known(unit).truth
    return found_clusters(chosen) == len(set(truth.tolist()))


def missing_runs(comparison: Comparison) -> list[tuple[Unit, str]]:
    """Runs that are not there yet, as a table and a track."""
    missing = []
    for unit in comparison.units:
        chosen = result_of(comparison.run_folder(unit, "chosen"))
        given = result_of(comparison.run_folder(unit, "given"))
        if chosen is None:
            missing.append((unit, "chosen"))
        elif not (given or unit.is_noise or is_right(comparison, unit, chosen)):
            missing.append((unit, "given"))
    return missing


def run_batch(comparison: Comparison, runs: Sequence[tuple[Unit, str]]) -> None:
    """Run some of what is missing, as a user would."""
    tables = comparison.out / "tables"
    tables.mkdir(exist_ok=True)
    lines = [
        'task = "clustering"',
        f'label = "{LABEL}"',
        f"trials = {comparison.trials}",
    ]
    for unit, track in runs:
        known = comparison.known(unit)
        path = tables / f"{unit.name}-{unit.seed}.csv"
        labels = [f"c{code}" for code in known.truth]
        known.table.assign(**{LABEL: labels}).to_csv(path, index=False)
        lines += ["[[runs]]", f'table = "tables/{path.name}"', f'name = "{track}"']
        lines.append(f"seed = {unit.seed}")
        if track == "given":
            lines.append(f"clusters = {len(set(labels))}")
    plan = comparison.out / "plan.toml"
    plan.write_text("\n".join(lines))
    words = ["batch", str(plan), "--batch-dir", str(comparison.out / "runs")]
    subprocess.run([sys.executable, str(ROOT / "run.py"), *words], check=True)


def fixed_rows(unit: Unit, known: Labelled) -> Iterator[Row]:
    """What the fixed methods reach."""
    values = standardised(known.table)
    number = len(set(known.truth.tolist()))
    for method, fit in METHODS.items():
        given = fit(values, number, unit.seed)
        chosen = by_silhouette(values, method, unit.seed)
        for track, labels in (("given", given), ("chosen", chosen)):
            yield {
                "table": unit.name,
                "seed": unit.seed,
                "system": method,
                "track": track,
                "ari": adjusted_rand_score(known.truth, labels),
                "clusters": len(set(labels.tolist())),
            }


def our_rows(comparison: Comparison) -> Iterator[Row]:
    """What the runs reached that are there; one without a result found nothing."""
    for unit in comparison.units:
        chosen = result_of(comparison.run_folder(unit, "chosen"))
        given = result_of(comparison.run_folder(unit, "given"))
        if chosen is not None and is_right(comparison, unit, chosen):
            given = chosen
        for track, result in (("chosen", chosen), ("given", given)):
            if result is not None:
                scores = result["test"]
                yield {
                    "table": unit.name,
                    "seed": unit.seed,
                    "system": "sage-loop",
                    "track": track,
                    "ari": scores["ari"] if isinstance(scores, dict) else 0.0,
                    "clusters": found_clusters(result),
                    "seconds": result["seconds"],
                }


def main() -> None:
    """Run what is missing, as long as there is time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    options = parser.parse_args()
    begun = time.monotonic()
    options.out.mkdir(parents=True, exist_ok=True)
    real = sorted(options.tables.glob("*.csv")) if options.tables else []
    comparison = Comparison(
        options.out.resolve(), {path.stem: path for path in real}, options.trials
    )
    longest = 0.0
    missing = missing_runs(comparison)
    while missing and time.monotonic() - begun + longest < 60 * options.minutes:
        batch_begun = time.monotonic()
        run_batch(comparison, missing[:RUNS_AT_ONCE])
        compare_fixed(comparison)
        longest = max(longest, time.monotonic() - batch_begun)
        missing = missing_runs(comparison)
    path = comparison.out / "fixed.jsonl"
    fixed = path.read_text() if path.exists() else ""
    ours = "".join(f"{json.dumps(row)}\n" for row in our_rows(comparison))
    (comparison.out / "results.jsonl").write_text(fixed + ours)
    print(f"{len(missing)} runs are missing")  # noqa: T201


def compare_fixed(comparison: Comparison) -> None:
    """Run the fixed methods on what was run and they have not seen, and keep the rows."""
    path = comparison.out / "fixed.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    done = {(row["table"], row["seed"]) for row in map(json.loads, lines)}
    for unit in comparison.units:
        was_run = result_of(comparison.run_folder(unit, "chosen")) is not None
        if unit.is_noise or tuple(unit) in done or not was_run:
            continue
        rows = list(fixed_rows(unit, comparison.known(unit)))
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in rows)


if __name__ == "__main__":
    main()
