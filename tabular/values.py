"""Bring the values of one column into one of a few plain dtypes.

A table arrives with many dtypes (nullable, Arrow-backed, object, zoned dates);
everything after this module sees numbers, bool, datetime64[us] or str, and missing
values.
"""

import re

import numpy as np
import pandas as pd

TRUE_WORDS = frozenset({"true", "yes", "t", "y"})
FALSE_WORDS = frozenset({"false", "no", "f", "n"})

COMPACT_DATE = "%Y%m%d"
SINCE = " since "
"""What stands in a form of dates before the first year that two digits may mean."""
_DATED = re.compile(rf"(.+){SINCE}([0-9]{{4}})")

LARGEST_AMOUNT = 1e30
"""Nothing that is measured is larger, and trees of 32-bit numbers still can hold it."""

_LARGEST_INTEGER = 2**63 - 1


def plain_values(column: pd.Series) -> pd.Series:
    """Convert a column to whole numbers, float64, bool/boolean, datetime64[us] or str.

    Args:
        column: Values of any dtype that a table can hold.

    Returns:
        The same rows in the same order; infinite numbers are missing. Whole numbers
        stay integers so that long identifiers lose no digits; beyond int64 they are str.
    """
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels = pd.Series(dtype.categories, name=column.name)
        return plain_values(levels.reindex(column.cat.codes).set_axis(column.index))
    if pd.api.types.is_bool_dtype(dtype):
        return column.astype("boolean") if column.hasnans else column.astype(bool)
    if pd.api.types.is_timedelta64_dtype(dtype):
        return finite_floats(column.dt.total_seconds())
    if pd.api.types.is_numeric_dtype(dtype):
        return _plain_numbers(column)
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return as_datetimes(column)
    if isinstance(dtype, pd.StringDtype):
        return column.astype("str")
    return _plain_objects(column)


def _plain_numbers(column: pd.Series) -> pd.Series:
    if not pd.api.types.is_integer_dtype(column.dtype) or column.hasnans:
        return finite_floats(column)
    if column.max() > _LARGEST_INTEGER:
        # Hashes: as in files of text, what floats would round stays text.
        return column.map(str).astype("str")
    return column.astype("int64")


def _plain_objects(column: pd.Series) -> pd.Series:
    """Objects come from Parquet: decimals, dates, nested values or mixtures."""
    inferred = pd.api.types.infer_dtype(column, skipna=True)
    match inferred:
        case "boolean":
            return plain_values(column.astype("boolean"))
        case "integer" | "floating" | "mixed-integer-float" | "decimal":
            return finite_floats(pd.to_numeric(column, errors="coerce"))
        case "date" | "datetime" | "datetime64":
            return as_datetimes(column)
        case _:
            return column.map(str, na_action="ignore").astype("str")


def finite_floats(column: pd.Series) -> pd.Series:
    """Convert numbers to float64 with infinities as missing values."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.nan)
    return pd.Series(values, index=column.index, name=column.name)


def as_numbers(column: pd.Series) -> pd.Series:
    """Read a column as float64; what is no finite number becomes missing."""
    plain = plain_values(column)
    if isinstance(plain.dtype, pd.StringDtype):
        plain = pd.to_numeric(plain, errors="coerce")
    elif pd.api.types.is_datetime64_any_dtype(plain.dtype):
        plain = pd.Series(np.nan, index=plain.index, name=plain.name)
    return finite_floats(plain)


def as_amounts(column: pd.Series) -> pd.Series:
    """Read a column as `as_numbers` does, kept within what models can square and sum."""
    return as_numbers(column).clip(-LARGEST_AMOUNT, LARGEST_AMOUNT)


def as_datetimes(column: pd.Series, format_: str = "ISO8601") -> pd.Series:
    """Read a column as datetime64[us] in UTC without a zone; the rest becomes missing.

    Args:
        column: Dates, or text.
        format_: How they are written in text, such as `%d.%m.%y since 1930`; years of two
            digits are those of 1969 to 2068 unless it says otherwise. ISO 8601
            (`2024-03-01`, `2024-03-01 12:30`, with or without a zone) is understood besides.
    """
    values = column
    if pd.api.types.is_numeric_dtype(column.dtype):
        # Of numbers, only digits in the order of year, month and day are dates.
        is_compact = format_ == COMPACT_DATE
        values = as_text(column) if is_compact else column.map(lambda _: None)
    if format_ == "ISO8601" or pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _moments(values, "ISO8601")
    moments = _moments(values, format_)
    is_other = moments.isna() & values.notna()
    if not is_other.any():
        return moments
    return moments.where(~is_other, _moments(values.where(is_other), "ISO8601"))


def _moments(values: pd.Series, format_: str) -> pd.Series:
    dated = _DATED.fullmatch(format_)
    written = dated.group(1) if dated else format_
    zoned = pd.to_datetime(values, format=written, errors="coerce", utc=True)
    moments = zoned.dt.tz_localize(None).astype("datetime64[us]")
    return _in_century(moments, int(dated.group(2))) if dated else moments


def _in_century(moments: pd.Series, first_year: int) -> pd.Series:
    """The same days in the hundred years that begin with a year."""
    years = moments.dt.year
    shifts = first_year + (years - first_year) % 100 - years
    for shift in shifts.dropna().unique():
        moved = moments + pd.DateOffset(years=int(shift))
        moments = moments.where(shifts != shift, moved)
    return moments


def as_booleans(column: pd.Series) -> pd.Series:
    """Read a column as nullable booleans; what is neither true nor false is missing."""
    plain = plain_values(column)
    if pd.api.types.is_bool_dtype(plain.dtype):
        return plain.astype("boolean")
    if pd.api.types.is_datetime64_any_dtype(plain.dtype):
        return pd.Series(pd.NA, index=plain.index, name=plain.name, dtype="boolean")
    words = as_text(plain).str.lower()
    truth = words.map(
        dict.fromkeys([*TRUE_WORDS, "1"], True)
        | dict.fromkeys([*FALSE_WORDS, "0"], False)
    )
    return truth.astype("boolean")


def as_text(column: pd.Series) -> pd.Series:
    """Render a column as str; whole numbers print as `1` and never as `1.0`."""
    plain = plain_values(column)
    if isinstance(plain.dtype, pd.StringDtype):
        return plain
    if pd.api.types.is_float_dtype(plain.dtype):
        return plain.map(number_text, na_action="ignore").astype("str")
    return plain.map(str, na_action="ignore").astype("str")


def number_text(value: float) -> str:
    """Render a number in its shortest form that reads back as the same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
