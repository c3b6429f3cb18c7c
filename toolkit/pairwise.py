"""New columns from pairs of numeric columns: ratios, differences, products."""

from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.feature_columns import (
    Pair,
    as_pairs,
    column_values,
    new_columns,
    only_finite,
    safe_ratio,
)


class _Operation(Protocol):
    def __call__(self, first: Floats, second: Floats, /) -> Floats: ...


class Pairwise:
    """One operation on each pair; nothing is learned from the rows.

    Args:
        columns: Pairs of column names, or column names of which each pair is taken.
    """

    sign: str
    operation: _Operation

    def __init__(self, columns: Sequence[str] | Sequence[Pair]) -> None:
        self.pairs = as_pairs(columns)

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Return itself: there is nothing to learn."""
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """New columns named like `width / height`, NaN where there is no finite value."""
        values = column_values(X, [name for pair in self.pairs for name in pair])
        with np.errstate(over="ignore", invalid="ignore"):
            columns = {
                f"{first} {self.sign} {second}": only_finite(
                    type(self).operation(values[first], values[second])
                )
                for first, second in self.pairs
            }
        return new_columns(columns, X)


class PairwiseRatios(Pairwise):
    """First divided by second; NaN where the second is 0."""

    sign = "/"
    operation = staticmethod(safe_ratio)


class PairwiseDifferences(Pairwise):
    """First minus second."""

    sign = "-"
    operation = staticmethod(np.subtract)


class PairwiseProducts(Pairwise):
    """First times second."""

    sign = "*"
    operation = staticmethod(np.multiply)
