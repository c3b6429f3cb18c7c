"""Whole numbers that name things, like those of shops, routes or people."""

from typing import Self

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.columns import numbers
from toolkit.target_means import target_columns

FEWEST_NAMES = 50
ROWS_PER_NAME = 2.0
NEIGHBOURS = 2
"""So many values on either side of a value are its neighbours."""
SMALLEST_GAIN = 0.05
FEWEST_STANDARD_ERRORS = 5.0
"""Of 634 columns of whole numbers in 140 tables, five reach both: people, flights, postal
codes, routes, and the length of a route, which tells it from others as well."""
UNCOMMON_SHARE = 0.5
MOST_COLUMNS = 4
MOST_ROWS = 100_000
"""Of more rows, those of a share of the values are looked at."""


class NumberNames:
    """Shows whole numbers that name things as categories, beside themselves.

    A number is a name if rows of the same value say more of a row's target than rows of
    the values next to it: those of a measure are alike, those of names need not be. The two
    predictions of each row, neither of which knows its own target, are compared over all
    rows, and their difference is summed by value, since rows of one value are alike.
    """

    def __init__(self) -> None:
        self.columns: list[str] = []

    def fit(
        self, X: pd.DataFrame, y: Floats | Codes, *, is_classification: bool
    ) -> Self:
        """Find the columns that name things.

        Args:
            X: Training rows.
            y: Their targets.
            is_classification: Whether these are class codes.
        """
        targets = target_columns(y, is_classification=is_classification)
        found = _named(X, targets)
        if found:
            rows = pd.concat([X, pd.DataFrame(targets, X.index)], axis=1)
            is_first = ~rows.duplicated().to_numpy()
            # Copies of a row share its values and its target, whatever these mean; but a
            # table of few coarse columns repeats itself by nature.
            if is_first.mean() > UNCOMMON_SHARE:
                found = _named(X.loc[is_first, list(found)], targets[is_first])
        self.columns = _unlike(X, sorted(found, key=found.__getitem__, reverse=True))
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The same rows with a category for each such number behind them."""
        if not self.columns:
            return X
        labels = [_label(name, X) for name in self.columns]
        names = pd.DataFrame(numbers(X, self.columns), X.index, labels)
        return pd.concat([X, names.astype("category")], axis=1)


def _named(X: pd.DataFrame, targets: Floats) -> dict[str, float]:
    """The columns that name things, with how sure that is."""
    found: dict[str, float] = {}
    for name, column in X.items():
        if pd.api.types.is_numeric_dtype(column.dtype):
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            errors = _standard_errors(values, targets)
            if errors >= FEWEST_STANDARD_ERRORS:
                found[str(name)] = errors
    return found


def _standard_errors(values: Floats, targets: Floats) -> float:
    """By how many of its standard errors a row's own value is the better guide; 0 if hardly.

    Args:
        values: Numbers, missing ones NaN, shape (rows,).
        targets: Columns to predict, shape (rows, columns).
    """
    rows = _usable(values)
    values, targets = values[rows], targets[rows]
    if not _may_be_names(values):
        return 0.0
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    sums = np.column_stack([np.bincount(codes, column) for column in targets.T])
    near = _near(sums) / _near(counts[:, None])
    # One row at the neighbours' mean stands for what is not known of a rare value.
    own = (sums[codes] - targets + near[codes]) / counts[codes, None]
    closer = ((targets - near[codes]) ** 2 - (targets - own) ** 2).sum(axis=1)
    spread = float(((targets - targets.mean(axis=0)) ** 2).sum())
    if closer.sum() <= SMALLEST_GAIN * spread:
        return 0.0
    by_name = np.bincount(codes, closer)
    return float(by_name.sum() / np.sqrt((by_name**2).sum()))


def _usable(values: Floats) -> Codes:
    """Rows whose value is known; of many, all those of a share of the values."""
    rows = np.flatnonzero(np.isfinite(values))
    share = len(rows) // MOST_ROWS
    if share > 1:
        is_in = pd.util.hash_array(values[rows]) % share == 0
        rows = rows[is_in]
    return rows


def _may_be_names(values: Floats) -> bool:
    if len(values) < FEWEST_NAMES * ROWS_PER_NAME or (values % 1).any():
        return False
    return FEWEST_NAMES <= pd.unique(values).size <= len(values) / ROWS_PER_NAME


def _near(sums: Floats | Codes) -> Floats:
    """Sums over the neighbours of each value, without its own, shape (values, columns)."""
    places = np.arange(len(sums))
    low = np.maximum(places - NEIGHBOURS, 0)
    high = np.minimum(places + NEIGHBOURS + 1, len(sums))
    totals = np.vstack([np.zeros(sums.shape[1]), np.cumsum(sums, axis=0)])
    near: Floats = totals[high] - totals[low] - sums
    return near


def _unlike(X: pd.DataFrame, names: list[str]) -> list[str]:
    """The first few columns that do not tell the same rows apart."""
    chosen: dict[bytes, str] = {}
    for name in names:
        chosen.setdefault(pd.factorize(X[name])[0].tobytes(), name)
    return list(chosen.values())[:MOST_COLUMNS]


def _label(name: str, X: pd.DataFrame) -> str:
    label = f"{name} as a name"
    while label in X.columns:
        label += "'"
    return label
