"""Codes for the levels of one categorical column."""

import re
from typing import Self

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats

_NUMBER = re.compile(r"((?:(?<!\w)-)?\d+(?:\.\d+)?)")
"""A number in a name; what stands between two of them is no sign (`10-19`)."""


class Levels:
    """Learns the levels of a column, most frequent first.

    Attributes:
        index: The levels in code order.
        counts: Training rows of each level.
    """

    def fit(self, column: pd.Series) -> Self:
        """Learn the levels that occur in `column`."""
        counts = column.value_counts(sort=False)
        counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
        self.index = pd.Index(counts.index.astype(object))
        self.counts: Codes = np.asarray(counts, dtype=np.int64)
        return self

    def by_name(self) -> Self:
        """Number the levels anew in the order of their names, `5-9` before `10-14`."""
        names = [_place(str(level)) for level in self.index]
        order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=int)
        self.index, self.counts = self.index[order], self.counts[order]
        return self

    def codes(self, column: pd.Series) -> Codes:
        """Position of each row's level; -1 where it is missing or was never seen."""
        return np.asarray(self.index.get_indexer(column.astype(object)), dtype=np.int64)

    def codes_with_gaps(self, column: pd.Series) -> Floats:
        """The same as floats with NaN in place of -1."""
        codes = self.codes(column).astype(np.float64)
        codes[codes < 0] = np.nan
        return codes


def _place(name: str) -> list[tuple[bool, float, str]]:
    """Where a name belongs: numbers by size and before letters."""
    letters_and_numbers = enumerate(_NUMBER.split(name))
    return [
        (False, float(part), "") if position % 2 else (True, 0.0, part)
        for position, part in letters_and_numbers
        if part
    ]
