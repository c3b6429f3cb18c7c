"""Sums up what `measure.py` found: `python -m benchmarks.operators.report FILE...`.

For each operator: on how many tables it brought a candidate to the pool, how much of the
loss the ensemble gained by it (mean and standard error over tables), on how many it helped,
and the gain for a hundred processor seconds. The expert's later half is the yardstick.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

LATER_HALF = "expert, later half"
SECONDS = 100.0


class Effect(NamedTuple):
    """What an operator did on one table: share of the loss, and seconds."""

    gain: float
    seconds: float


Row = dict[str, dict[str, float]]


def effects_of(row: Row) -> dict[str, Effect]:
    """The effect of each operator in one run."""
    losses, seconds = row["losses"], row["seconds"]
    base = abs(losses["expert"])
    found = {}
    for name, loss in losses.items():
        word, _, operator = name.partition(" ")
        if word == "without":
            gain = (loss - losses["all"]) / base
            found[operator] = Effect(gain, seconds[operator])
    gain = (losses["expert, first half"] - losses["expert"]) / base
    # Where the second half begins is not known to the second; it is about half the time.
    found[LATER_HALF] = Effect(gain, seconds["expert"] / 2)
    return found


def table_of(rows: list[Row]) -> str:
    """A Markdown table."""
    effects = [effects_of(row) for row in rows]
    names = sorted({name for found in effects for name in found})
    head = "| operator | runs | gain | helped in | gain in 100 s |"
    lines = [head, "|---|---|---|---|---|"]
    for name in names:
        seen = [found[name] for found in effects if name in found]
        gains = np.array([effect.gain for effect in seen])
        error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.nan
        rate = SECONDS * gains.sum() / sum(effect.seconds for effect in seen)
        helped = f"{(gains > 0).sum()} of {len(gains)}"
        gain = f"{gains.mean():+.2%} ± {error:.2%}"
        lines.append(f"| {name} | {len(seen)} | {gain} | {helped} | {rate:+.2%} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    texts = [Path(name).read_text() for name in sys.argv[1:]]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    sys.stdout.write(table_of(rows) + "\n")


if __name__ == "__main__":
    main()
