"""Decide how each column is understood, and read tables again under that decision."""

from collections.abc import Mapping

import pandas as pd

from schemas.table import USABLE_KINDS, ColumnKind, ColumnSchema, TableSchema
from tabular.errors import TableError
from tabular.values import (
    FALSE_WORDS,
    TRUE_WORDS,
    as_booleans,
    as_datetimes,
    as_numbers,
    as_text,
    looks_like_datetimes,
    number_text,
    plain_values,
)

_WORDY = 4
"""Mean number of words from which values are prose and not levels."""


def infer_schema(
    frame: pd.DataFrame, choices: Mapping[str, ColumnKind]
) -> tuple[ColumnSchema, ...]:
    """Decide the kind of every column, constant and empty ones included.

    Args:
        frame: The rows to decide from.
        choices: Kinds that the user fixed, by column.

    Returns:
        One schema per column in the table's order.

    Raises:
        TableError: If a choice names no column or does not fit its values.
    """
    _check_choices(frame, choices)
    return tuple(
        _column_schema(str(name), frame[name], choices.get(str(name)))
        for name in frame.columns
    )


def _check_choices(frame: pd.DataFrame, choices: Mapping[str, ColumnKind]) -> None:
    for name, kind in choices.items():
        if name not in frame.columns:
            raise TableError(f"--kind names {name!r}, which is no feature column.")
        if kind not in USABLE_KINDS:
            raise TableError(
                f"{kind.value!r} is found, not chosen; leave {name!r} out with --drop."
            )


def _column_schema(
    name: str, column: pd.Series, choice: ColumnKind | None
) -> ColumnSchema:
    values = plain_values(column)
    if values.isna().all():
        kind = ColumnKind.EMPTY
    elif values.nunique() == 1 and not values.hasnans:
        kind = ColumnKind.CONSTANT
    else:
        kind = choice or _infer_kind(values)
        _check_kind(name, values, kind)
    return ColumnSchema(name=name, kind=kind, levels=_levels(values, kind))


def _infer_kind(values: pd.Series) -> ColumnKind:
    if pd.api.types.is_bool_dtype(values.dtype):
        return ColumnKind.BOOLEAN
    if pd.api.types.is_numeric_dtype(values.dtype):
        return ColumnKind.NUMERIC
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return ColumnKind.DATETIME
    if looks_like_datetimes(values):
        return ColumnKind.DATETIME
    return _infer_text_kind(values.dropna())


def _infer_text_kind(present: pd.Series) -> ColumnKind:
    levels = present.unique()
    words = {str(level).lower() for level in levels}
    if words <= TRUE_WORDS | FALSE_WORDS and words & TRUE_WORDS and words & FALSE_WORDS:
        return ColumnKind.BOOLEAN
    if len(levels) > len(present) / 2:
        return ColumnKind.TEXT
    mean_words = sum(len(str(level).split()) for level in levels) / len(levels)
    is_prose = mean_words > _WORDY and len(levels) > len(present) / 10
    return ColumnKind.TEXT if is_prose else ColumnKind.CATEGORY


def _check_kind(name: str, values: pd.Series, kind: ColumnKind) -> None:
    """Refuse a chosen kind that would turn values into missing ones."""
    match kind:
        case ColumnKind.NUMERIC:
            converted = as_numbers(values)
        case ColumnKind.BOOLEAN:
            converted = as_booleans(values)
        case ColumnKind.DATETIME:
            converted = as_datetimes(values)
        case _:
            return
    lost = values[values.notna() & converted.isna()]
    if not lost.empty:
        raise TableError(
            f"Column {name!r} cannot be {kind.value}: it holds {str(lost.iloc[0])!r}; "
            "choose another --kind."
        )


def _levels(values: pd.Series, kind: ColumnKind) -> tuple[str, ...]:
    if kind is not ColumnKind.CATEGORY:
        return ()
    if pd.api.types.is_numeric_dtype(values.dtype):
        return tuple(as_text(values.drop_duplicates().sort_values().dropna()).unique())
    return tuple(sorted(as_text(values).dropna().unique()))


def apply_schema(frame: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """Read a table as the schema says, for training and for prediction alike.

    Args:
        frame: At least the columns of the schema; more are ignored.
        schema: How each column is understood.

    Returns:
        Columns in the schema's order, same index: float64, bool (nullable `boolean`
        where values are missing), Categorical with the schema's levels (others are
        missing), `str`, or datetime64[us]. Infinite numbers are missing.

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
        column.name: _apply(frame[column.name], column) for column in schema.columns
    }
    return pd.DataFrame(columns, index=frame.index)


def _apply(values: pd.Series, column: ColumnSchema) -> pd.Series:
    typed = _typed(values, column)
    is_lost = typed.isna().all() and values.notna().any()
    # A category may meet nothing but new levels; other kinds then met the wrong column.
    if is_lost and column.kind is not ColumnKind.CATEGORY:
        raise TableError(
            f"Column {column.name!r} should be {column.kind.value}, "
            "but none of its values is."
        )
    return typed


def _typed(values: pd.Series, column: ColumnSchema) -> pd.Series:
    match column.kind:
        case ColumnKind.NUMERIC:
            return as_numbers(values)
        case ColumnKind.BOOLEAN:
            truth = as_booleans(values)
            return truth if truth.hasnans else truth.astype(bool)
        case ColumnKind.CATEGORY:
            return _as_category(as_text(values), column.levels)
        case ColumnKind.DATETIME:
            return as_datetimes(plain_values(values))
        case ColumnKind.TEXT | ColumnKind.CONSTANT | ColumnKind.EMPTY:
            return as_text(values)


def _as_category(text: pd.Series, levels: tuple[str, ...]) -> pd.Series:
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
    matched = text.replace(respelled) if respelled else text
    categories = pd.CategoricalDtype(pd.Index(levels, dtype="str"))
    return matched.where(matched.isin(known)).astype(categories)


def _canonical(level: str) -> str:
    try:
        return number_text(float(level))
    except (ValueError, OverflowError):
        return level
