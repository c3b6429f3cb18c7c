"""What blocks of new columns share: safe arithmetic and a frame of new columns only."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.columns import numbers

Pair = tuple[str, str]


def as_pairs(columns: Sequence[str] | Sequence[Pair]) -> list[Pair]:
    """The pairs that were named, or each pair of the columns that were named."""
    named = [column for column in columns if isinstance(column, str)]
    if named:
        return list(combinations(named, 2))
    return [pair for pair in columns if not isinstance(pair, str)]


def safe_ratio(upper: Floats, lower: Floats) -> Floats:
    """`upper / lower`, NaN where that is not a finite number."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return only_finite(upper / lower)


def only_finite(values: Floats) -> Floats:
    """The same values with NaN in place of infinities."""
    return np.where(np.isfinite(values), values, np.nan)


def column_values(table: pd.DataFrame, names: Iterable[str]) -> dict[str, Floats]:
    """Each named column as floats of shape (rows,), infinite values as NaN."""
    unique = list(dict.fromkeys(names))
    return dict(zip(unique, numbers(table, unique).T, strict=True))


def new_columns(columns: dict[str, Floats], table: pd.DataFrame) -> pd.DataFrame:
    """A frame of the new columns over the table's index."""
    return pd.DataFrame(columns, index=table.index, dtype=np.float64)
