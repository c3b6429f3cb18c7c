"""Turns what candidate code returned into plain float64 arrays (in the worker)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from executors.errors import ContractError

_NUMERIC_KINDS = "biuf"
TABLE_DIMENSIONS = 2


def as_table(returned: object, method: str, rows: int) -> NDArray[np.float64]:
    """Return predictions as a two-dimensional array.

    Args:
        returned: What the method returned: an array, a list, a Series, a DataFrame.
        method: The method's name, for messages.
        rows: Rows that it was asked about.

    Raises:
        ContractError: They are not numbers, or not one row for each row.
    """
    values = _as_numbers(returned, method)
    if values.ndim not in (1, TABLE_DIMENSIONS) or len(values) != rows:
        raise ContractError(f"{method} has shape {values.shape}, expected {rows} rows")
    return values.reshape(rows, 1) if values.ndim == 1 else values


def _as_numbers(returned: object, method: str) -> NDArray[np.float64]:
    if returned is None:
        raise ContractError(f"{method} returned None")
    try:
        values = np.asarray(returned)
        if values.dtype.kind == "O":
            return values.astype(np.float64)
    except (TypeError, ValueError):
        raise ContractError(f"{method} returned values that are not numbers") from None
    if values.dtype.kind not in _NUMERIC_KINDS:
        raise ContractError(
            f"{method} returned values that are not numbers (dtype {values.dtype})"
        )
    return values.astype(np.float64)


def as_new_columns(returned: object, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that a feature program made as float64.

    Infinite values become missing ones: a ratio with a zero below is common and says
    nothing against the rest of the column.

    Args:
        returned: What `transform` returned.
        rows: What it was given.

    Raises:
        ContractError: It is not a table over the same rows, or not numeric.
    """
    if not isinstance(returned, pd.DataFrame):
        kind = type(returned).__name__
        raise ContractError(f"transform returned a {kind}, expected a DataFrame")
    if len(returned) != len(rows):
        raise ContractError(
            f"transform returned {len(returned)} rows, expected {len(rows)}"
        )
    if not returned.index.equals(rows.index):
        raise ContractError("transform returned rows with another index")
    if not all(isinstance(name, str) for name in returned.columns):
        raise ContractError("transform returned column names that are not text")
    if not returned.columns.is_unique:
        raise ContractError("transform made columns of the same name")
    columns = {name: _as_column(returned[name]) for name in returned.columns}
    return pd.DataFrame(columns, index=rows.index)


def _as_column(column: "pd.Series[float]") -> NDArray[np.float64]:
    is_number = pd.api.types.is_numeric_dtype(column.dtype)
    if not is_number or pd.api.types.is_complex_dtype(column.dtype):
        raise ContractError(
            f"transform made column {column.name!r} of dtype {column.dtype}, "
            "expected numbers"
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isinf(values), np.nan, values)
