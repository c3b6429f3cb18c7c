"""Counts how often intervals and sets of `predict --intervals` hold the truth on new rows.

From the root: `python -m benchmarks.accuracy.coverage --out FILE TABLE:TARGET ...`. Each
table is halved; a short run learns from one half, and the other is predicted at two levels.
`--report FILE` prints the table; what stands in FILE is not run again.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.intervals import SEPARATOR

ROOT = Path(__file__).resolve().parents[2]
LEVELS = (0.8, 0.9)
Row = dict[str, Any]


def run(*words: str | Path) -> None:
    """Run a command of the engine."""
    command = [sys.executable, str(ROOT / "run.py"), *map(str, words)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def measure(table: Path, target: str, budget: str, folder: Path) -> list[Row]:
    """Fit on a random half, and count on the other half what intervals or sets hold."""
    lines = pd.read_csv(table, dtype={target: str})
    order = np.random.default_rng(0).permutation(len(lines))
    seen, new = lines.iloc[order[0::2]], lines.iloc[order[1::2]]
    seen.to_csv(folder / "seen.csv", index=False)
    new.drop(columns=target).to_csv(folder / "new.csv", index=False)
    done = folder / "run"
    run("fit", folder / "seen.csv", "--target", target, "--budget", budget,
        "--test-size", "0", "--run-dir", done)  # fmt: skip
    found = []
    for level in LEVELS:
        out = folder / f"said-{level}.csv"
        run(
            "predict", done, folder / "new.csv", "--out", out, "--intervals", f"{level}"
        )
        held = holds_truth(pd.read_csv(out), new[target].to_numpy())
        row = {"table": table.stem, "level": level, "rows": len(new)}
        found.append(row | {"held": int(held.sum())})
    return found


def holds_truth(said: pd.DataFrame, truth: Any) -> Any:  # noqa: ANN401 - arrays
    """Whether each row's interval or set holds its truth, shape (rows,)."""
    if "lower" in said:
        values = truth.astype(float)
        return (said["lower"].to_numpy() <= values) & (
            values <= said["upper"].to_numpy()
        )
    sets = said["set"].astype(str).str.split(SEPARATOR, regex=False)
    return np.array([str(t) in names for t, names in zip(truth, sets, strict=True)])


def table_of(rows: list[Row]) -> str:
    """A Markdown table, with the shares over all rows and averaged over tables."""
    shares: dict[str, dict[float, float]] = {}
    sizes: dict[str, int] = {}
    for row in rows:
        shares.setdefault(row["table"], {})[row["level"]] = row["held"] / row["rows"]
        sizes[row["table"]] = row["rows"]
    pooled = {
        level: sum(row["held"] for row in rows if row["level"] == level)
        / sum(sizes.values())
        for level in LEVELS
    }
    means = {v: float(np.mean([s[v] for s in shares.values()])) for v in LEVELS}
    heads = " | ".join(f"at {level:.0%}" for level in LEVELS)
    return "\n".join(
        [f"| table | new rows | {heads} |", "|---" * (2 + len(LEVELS)) + "|"]
        + [_line(name, str(sizes[name]), shares[name]) for name in sorted(shares)]
        + [_line("all rows", str(sum(sizes.values())), pooled)]
        + [_line("mean over tables", "", means)]
    )


def _line(name: str, rows: str, shares: dict[float, float]) -> str:
    said = " | ".join(f"{shares[level]:.1%}" for level in LEVELS)
    return f"| {name} | {rows} | {said} |"


def main() -> None:
    """Measure every table that is not measured yet, or report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--budget", default="15s")
    parser.add_argument("tables", nargs="*", metavar="TABLE:TARGET")
    options = parser.parse_args()
    if options.report:
        lines = options.report.read_text().splitlines()
        sys.stdout.write(table_of([json.loads(line) for line in lines]) + "\n")
        return
    done = options.out.read_text() if options.out.exists() else ""
    known = {json.loads(line)["table"] for line in done.splitlines()}
    for said in options.tables:
        table, _, target = said.rpartition(":")
        if Path(table).stem in known:
            continue
        with tempfile.TemporaryDirectory() as name:
            rows = measure(Path(table), target, options.budget, Path(name))
        with options.out.open("a") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()
