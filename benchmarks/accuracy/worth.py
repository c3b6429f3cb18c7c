"""Writes what each part is worth from runs without it.

Run from the root: `python benchmarks/accuracy/worth.py RUNS.jsonl --out TABLE.md`. A line of
RUNS is one run as in `compare.py`, with the revision and the part that was left out; runs
without nothing are what the others are compared with.
"""

import argparse
from pathlib import Path

import pandas as pd

NOTHING = "nothing"
LOWER_IS_BETTER = frozenset({"log_loss", "rmse"})


def changes(runs: pd.DataFrame) -> pd.DataFrame:
    """By how many percent the loss changes, one row per part, one column per table.

    The loss of a score of which more is better is what it lacks to 1.
    """
    is_loss = runs["primary"].isin(LOWER_IS_BETTER)
    runs = runs.assign(loss=runs["score"].where(is_loss, 1 - runs["score"]))
    losses = runs.pivot_table(
        index=["revision", "without"], columns="dataset", values="loss", sort=False
    )
    parts = losses.drop(index=NOTHING, level="without")
    whole = losses.xs(NOTHING, level="without")
    whole = whole.reindex(parts.index.get_level_values("revision"))
    return 100 * (parts / whole.to_numpy() - 1)


def written(changed: pd.DataFrame) -> str:
    """The changes as a table in Markdown."""
    with_mean = changed.assign(mean=changed.mean(axis=1))
    shown = with_mean.map(lambda value: "" if pd.isna(value) else f"{value:+.1f} %")
    names = [*changed.index.names, *shown.columns]
    rows = [
        [*index, *row] for index, row in zip(shown.index, shown.values, strict=True)
    ]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def main() -> None:
    """Read the runs, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_text(written(changes(pd.read_json(options.runs, lines=True))))


if __name__ == "__main__":
    main()
