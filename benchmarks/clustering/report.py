"""Makes the table of a comparison: `python -m benchmarks.clustering.report FOLDER`."""

import argparse
import json
from pathlib import Path

import pandas as pd

LOSS = 0.05


def table_of(rows: pd.DataFrame, track: str) -> str:
    """Mean adjusted Rand index per table and system over seeds, as Markdown."""
    own = rows[rows["track"] == track].pivot_table(
        index="table", columns="system", values="ari"
    )
    own = own[["sage-loop", "kmeans", "mixture", "spectral", "ward"]].dropna()
    lines = ["| table | " + " | ".join(own.columns) + " |", "|---" * 6 + "|"]
    for name, values in [*own.iterrows(), ("mean", own.mean())]:
        cells = " | ".join(f"{value:.3f}" for value in values)
        lines.append(f"| {name} | {cells} |")
    rivals = own.drop(columns="sage-loop").mean()
    lines.append(f"\nThe best fixed method on the mean is {rivals.idxmax()}.")
    worse = own.index[own["sage-loop"] < own["kmeans"] - LOSS].tolist()
    lines.append(
        f"More than {LOSS} below k-means on: {', '.join(worse) or 'no table'}."
    )
    return "\n".join(lines)


def numbers_of(rows: pd.DataFrame) -> str:
    """Which numbers of clusters were chosen, per table."""
    own = rows[(rows["system"] == "sage-loop") & (rows["track"] == "chosen")]
    chosen = own.sort_values("seed").groupby("table")["clusters"].agg(list)
    lines = ["| table | clusters chosen, seed by seed |", "|---|---|"]
    lines += [
        f"| {name} | {', '.join(map(str, numbers))} |"
        for name, numbers in chosen.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    lines = (parser.parse_args().folder / "results.jsonl").read_text().splitlines()
    rows = pd.DataFrame([json.loads(line) for line in lines])
    runs = rows[rows["system"] == "sage-loop"]
    seeds = sorted(rows.loc[rows["table"] != "noise", "seed"].unique())
    parts = [
        f"Seeds {', '.join(map(str, seeds))}.",
        "### The number of clusters is given\n\n" + table_of(rows, "given"),
        "### The number of clusters is chosen\n\n" + table_of(rows, "chosen"),
        "### Which numbers\n\n" + numbers_of(rows),
        f"One run takes {runs['seconds'].median():.0f} s (median).",
    ]
    print("\n\n".join(parts))  # noqa: T201


if __name__ == "__main__":
    main()
