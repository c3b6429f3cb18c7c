"""New columns that set a number against the rows of the same category."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.feature_columns import Pair, column_values, new_columns, safe_ratio
from toolkit.levels import Levels


class GroupStatistics:
    """Distance and ratio to the group's mean, and the group's size.

    Means and sizes are learned on the training rows; rows of unseen or missing
    categories get NaN.

    Args:
        pairs: Pairs of a category and a numeric column.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = list(pairs)

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn each group's mean and size; `y` is not looked at."""
        values = column_values(X, [number for _, number in self.pairs])
        categories = dict.fromkeys(category for category, _ in self.pairs)
        self.levels = {name: Levels().fit(X[name]) for name in categories}
        self.means = {
            (category, number): _group_means(
                self.levels[category], X[category], values[number]
            )
            for category, number in self.pairs
        }
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Columns like `age - mean by job`, `age / mean by job` and `rows of job`."""
        values = column_values(X, [number for _, number in self.pairs])
        codes = {name: levels.codes(X[name]) for name, levels in self.levels.items()}
        columns: dict[str, Floats] = {}
        for category, number in self.pairs:
            # Code -1 (unseen or missing) finds the NaN at the end.
            mean = np.append(self.means[category, number], np.nan)[codes[category]]
            columns[f"{number} - mean by {category}"] = values[number] - mean
            columns[f"{number} / mean by {category}"] = safe_ratio(values[number], mean)
        for category, levels in self.levels.items():
            counts = np.append(levels.counts.astype(np.float64), np.nan)
            columns[f"rows of {category}"] = counts[codes[category]]
        return new_columns(columns, X)


def _group_means(levels: Levels, category: pd.Series, values: Floats) -> Floats:
    """Mean of the known values of each level, NaN for a level without any."""
    codes = levels.codes(category)
    is_known = (codes >= 0) & ~np.isnan(values)
    size = len(levels.index)
    sums = np.bincount(codes[is_known], values[is_known], minlength=size)
    counts = np.bincount(codes[is_known], minlength=size)
    return safe_ratio(sums.astype(np.float64), counts.astype(np.float64))
