"""Read the columns of a table as a schema says, for training and for prediction alike.

Exported predictors run this very file, so it imports no schemas at run time.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from tabular.errors import TableError
from tabular.moments import ISO, as_durations
from tabular.notation import as_numeric
from tabular.number_patterns import NUMBER
from tabular.values import (
    COMPACT_DATE,
    as_booleans,
    as_datetimes,
    as_text,
    number_text,
    plain_values,
)

if TYPE_CHECKING:
    from schemas.table import ColumnSchema, TableSchema

CATEGORIES = frozenset({"category", "high_cardinality"})

_NUMBER = re.compile(NUMBER["."])
_EXACT_BELOW = 2**53


def apply_schema(frame: pd.DataFrame, schema: "TableSchema") -> pd.DataFrame:
    """Read a table as the schema says, for training and for prediction alike.

    Args:
        frame: At least the columns of the schema; more are ignored.
        schema: How each column is understood.

    Returns:
        Columns in the schema's order, same index: float64, bool (nullable `boolean`
        where values are missing), Categorical with the schema's levels (others are
        missing), `str`, datetime64[us], or float64 seconds for a duration. Infinite
        numbers are missing.

    Raises:
        TableError: If columns are missing, or one holds nothing of its kind.
    """
    missing = [
        column.name for column in schema.columns if column.name not in frame.columns
    ]
    if missing:
        raise TableError(
            f"The table lacks the columns {', '.join(map(repr, missing))}."
        )
    columns = {
        column.name: _apply(frame[column.name], column, schema.decimal)
        for column in schema.columns
    }
    return pd.DataFrame(columns, index=frame.index)


def text_columns(schema: "TableSchema") -> frozenset[str]:
    """Columns that are to be read as text even where a table holds nothing but numbers."""
    return frozenset(column.name for column in schema.columns if is_text(column))


def is_text(column: "ColumnSchema") -> bool:
    """Tell whether a column that was learned from was text, whatever a later table holds.

    Categories that all are numbers in their shortest form were numbers in the table; `1.10`
    among `1.1` and `2.0-beta` were not.
    """
    match column.kind:
        case "category" | "high_cardinality":
            return not all(map(_is_shortest_number, column.levels))
        case "datetime":
            return column.format != COMPACT_DATE
        case kind:
            return kind == "text"


def _is_shortest_number(level: str) -> bool:
    return _is_exact(level) and number_text(float(level)) == level


def _apply(values: pd.Series, column: "ColumnSchema", decimal: str) -> pd.Series:
    typed = _typed(values, column, decimal)
    is_lost = typed.isna().all() and values.notna().any()
    # A category may meet nothing but new levels; other kinds then met the wrong column.
    if is_lost and column.kind not in CATEGORIES:
        written = f" written like {column.format}" if column.format else ""
        raise TableError(
            f"Column {column.name!r} should be {column.kind}{written}, "
            "but none of its values is."
        )
    return typed


def _typed(values: pd.Series, column: "ColumnSchema", decimal: str) -> pd.Series:
    match column.kind:
        case "numeric":
            return as_numeric(values, column.format, decimal)
        case "boolean":
            truth = as_booleans(values)
            return truth if truth.hasnans else truth.astype(bool)
        case "category" | "high_cardinality":
            return _as_category(as_text(values), column.levels)
        case "datetime":
            return as_datetimes(plain_values(values), column.format or ISO)
        case "duration":
            return as_durations(values)
        case _:
            return as_text(values)


def _as_category(text: pd.Series, levels: Sequence[str]) -> pd.Series:
    """Match levels exactly, else as numbers: one file says `007`, the next one `7`."""
    spellings: dict[str, list[str]] = {}
    for level in levels:
        spellings.setdefault(_canonical(level), []).append(level)
    known = set(levels)
    respelled = {
        value: spellings[_canonical(value)][0]
        for value in text.dropna().unique()
        if value not in known and len(spellings.get(_canonical(value), ())) == 1
    }
    matched = text
    if respelled:
        matched = text.map(lambda word: respelled.get(word, word), na_action="ignore")
    categories = pd.CategoricalDtype(pd.Index(list(levels), dtype="str"))
    return matched.where(matched.isin(known)).astype(categories)


def _canonical(level: str) -> str:
    """The shortest form of a number, anything else as it is."""
    return number_text(float(level)) if _is_exact(level) else level


def _is_exact(level: str) -> bool:
    """Whether this is a number that floats hold.

    Python's own reading takes `1_2` for `12`, and rounds digits that tell codes apart.
    """
    return _NUMBER.fullmatch(level) is not None and abs(float(level)) < _EXACT_BELOW
