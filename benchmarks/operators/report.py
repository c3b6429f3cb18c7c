"""Sums up what `measure.py` found: `python -m benchmarks.operators.report FILE...`.

For each operator: on how many tables it brought a candidate to the pool, how much of the
loss the ensemble gained by it (mean and standard error over tables, median), on how many it
helped and hurt, and the gain for a hundred processor seconds. Seeds of a table are averaged
first. The expert's later half is the yardstick.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LATER_HALF = "expert, later half"
SECONDS = 100.0


class Effect(NamedTuple):
    """What an operator did on one table: share of the loss, and seconds."""

    gain: float
    seconds: float


Row = dict[str, Any]


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
    effects = [(str(row["table"]), effects_of(row)) for row in rows]
    names = sorted({name for _, found in effects for name in found})
    head = (
        "| operator | tables | runs | gain | median | helped | hurt | gain in 100 s |"
    )
    lines = [head, "|---" * 8 + "|"]
    for name in names:
        seen = [(table, found[name]) for table, found in effects if name in found]
        by_table: dict[str, list[float]] = defaultdict(list)
        for table, effect in seen:
            by_table[table].append(effect.gain)
        gains = np.array([np.mean(found) for found in by_table.values()])
        spent = sum(effect.seconds for _, effect in seen)
        rate = SECONDS * sum(effect.gain for _, effect in seen) / spent
        lines.append(
            f"| {name} | {len(gains)} | {len(seen)} | {_with_error(gains)} | "
            f"{np.median(gains):+.2%} | {(gains > 0).sum()} | {(gains < 0).sum()} | "
            f"{rate:+.2%} |"
        )
    return "\n".join(lines)


def _with_error(gains: NDArray[np.float64]) -> str:
    if len(gains) == 1:
        return f"{gains[0]:+.2%}"
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return f"{gains.mean():+.2%} ± {error:.2%}"


def main() -> None:
    """Print the table."""
    texts = [Path(name).read_text() for name in sys.argv[1:]]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    sys.stdout.write(table_of(rows) + "\n")


if __name__ == "__main__":
    main()
