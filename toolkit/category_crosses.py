"""New columns from two categories taken together."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd

from toolkit.feature_columns import Pair, new_columns
from toolkit.levels import Levels


class CategoryCrosses:
    """Each pair of levels as one level, coded by how often training rows have it.

    The most frequent pair gets 0, the next 1, and so on; a pair that training rows do not
    have gets NaN, a missing level counts as a level.

    Args:
        pairs: Pairs of categories.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = list(pairs)

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn how frequent each pair is; `y` is not looked at."""
        self.levels = {pair: Levels().fit(crossed(X, pair)) for pair in self.pairs}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Columns like `town & job`."""
        columns = {
            " & ".join(pair): levels.codes_with_gaps(crossed(X, pair))
            for pair, levels in self.levels.items()
        }
        return new_columns(columns, X)


def crossed(table: pd.DataFrame, names: Sequence[str]) -> "pd.Series[str]":
    """The levels of some categories as one text per row, missing ones as such."""
    parts = [table[name].astype(object) for name in names]
    texts = [part.where(part.notna(), "").map(str) for part in parts]
    # A sign that no table holds keeps `a, bc` and `ab, c` apart.
    joined = np.asarray(["\x1f".join(row) for row in zip(*texts, strict=True)], object)
    return pd.Series(joined, index=table.index, dtype="str")
