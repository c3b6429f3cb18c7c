"""Finds a column that tells the target all by itself, as a leak from the future would."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

TELLING_SHARE = 0.9
"""Of what a constant guess gets wrong, a telling column gets at least this much right."""
MOST_GROUPS = 100
FEWEST_ROWS_PER_LEVEL = 5


def telling_column(
    frame: pd.DataFrame, target: Array, *, is_classification: bool
) -> str | None:
    """Name the first column from which alone the target can be read off.

    Rows are grouped by the column's value (by its percentiles if it has many), and each row
    is guessed from the others of its group.

    Args:
        frame: Typed columns of some rows.
        target: Class codes, or values, of the same rows.
        is_classification: Whether they are class codes.
    """
    measure = _classes_told if is_classification else _values_told
    for name in frame.columns:
        groups = _groups(frame[name])
        if groups.max(initial=0) and measure(groups, target) >= TELLING_SHARE:
            return str(name)
    return None


def _groups(column: pd.Series) -> Integers:
    """Group of each row, missing values apart."""
    codes, levels = pd.factorize(column, sort=False)
    if len(levels) * FEWEST_ROWS_PER_LEVEL > len(column):
        if not pd.api.types.is_numeric_dtype(column.dtype):
            # Hardly any row shares its value: nothing can be guessed from the others.
            return np.zeros(len(column), dtype=np.int64)
        shares = column.astype("float64").rank(method="min", pct=True)
        groups = max(1, min(MOST_GROUPS, len(column) // FEWEST_ROWS_PER_LEVEL))
        codes = np.floor(shares.fillna(-1.0).to_numpy() * groups)
    return np.asarray(codes, dtype=np.int64) - int(codes.min())


def _classes_told(groups: Integers, target: Array) -> float:
    """Share of the rows outside the largest class that their groups get right."""
    classes, codes = np.unique(target, return_inverse=True)
    counts = np.zeros((groups.max() + 1, len(classes)))
    np.add.at(counts, (groups, codes), 1.0)
    told = 0.0
    for code in range(len(classes)):
        others = counts.copy()
        others[:, code] -= 1
        is_told = (others[:, code] > 0) & (others[:, code] == others.max(axis=1))
        told += counts[is_told, code].sum()
    guessed = counts.sum(axis=0).max()
    rest = len(target) - guessed
    return float((told - guessed) / rest) if rest else 0.0


def _values_told(groups: Integers, target: Array) -> float:
    """Share of the variance that the means of the other rows of the group explain."""
    values = target.astype(np.float64)
    values = values - values.mean()
    counts = np.bincount(groups)
    sums = np.bincount(groups, values)
    others = counts[groups] - 1
    guesses = np.where(others > 0, (sums[groups] - values) / np.maximum(others, 1), 0.0)
    variance = float(values @ values)
    error = values - guesses
    return 1.0 - float(error @ error) / variance if variance else 0.0
