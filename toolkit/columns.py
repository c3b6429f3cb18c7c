"""Tells the kinds of a table's columns apart by their dtypes."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from toolkit.arrays import Floats


class ColumnGroups(NamedTuple):
    """Column names by how they are encoded, each in the table's order."""

    numeric: list[str]
    category: list[str]
    text: list[str]
    datetime: list[str]


def group_columns(table: pd.DataFrame) -> ColumnGroups:
    """Sort columns by dtype: numbers and booleans, categories, text, dates.

    Columns of plain Python objects count as categories.
    """
    groups = ColumnGroups([], [], [], [])
    for name, dtype in table.dtypes.items():
        if pd.api.types.is_datetime64_any_dtype(dtype):
            groups.datetime.append(str(name))
        elif isinstance(dtype, pd.StringDtype):
            groups.text.append(str(name))
        elif isinstance(dtype, pd.CategoricalDtype) or pd.api.types.is_object_dtype(
            dtype
        ):
            groups.category.append(str(name))
        else:
            groups.numeric.append(str(name))
    return groups


def numbers(table: pd.DataFrame, names: list[str]) -> Floats:
    """Numbers and booleans as floats.

    Returns:
        Array of shape (rows, len(names)); missing and infinite values are NaN.
    """
    values = np.empty((len(table), len(names)))
    for position, name in enumerate(names):
        values[:, position] = table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    values[~np.isfinite(values)] = np.nan
    return values


def side_by_side(blocks: list[Floats], rows: int) -> Floats:
    """Join blocks of columns; no block at all gives shape (rows, 0)."""
    return np.hstack(blocks) if blocks else np.empty((rows, 0))


def medians(values: Floats) -> Floats:
    """Median of each column's known values, 0 for a column without any.

    Args:
        values: Array of shape (rows, columns), missing values are NaN.

    Returns:
        Array of shape (columns,).
    """
    is_empty = np.isnan(values).all(axis=0)
    if not values.shape[1]:
        return np.empty(0)
    return np.asarray(np.nanmedian(np.where(is_empty, 0.0, values), axis=0))
