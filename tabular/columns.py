"""Decide how each column is understood, and read tables again under that decision."""

from collections.abc import Collection, Sequence

import pandas as pd

from schemas.settings import ColumnKindChoice
from schemas.table import (
    CATEGORY_KINDS,
    SET_ASIDE_KINDS,
    ColumnKind,
    ColumnSchema,
)
from tabular.amounts import find_amounts
from tabular.errors import TableError
from tabular.identifiers import are_hashes, is_identifier
from tabular.missing_words import LARGEST_WORD_SHARE, MOST_WORDS
from tabular.moments import (
    ISO,
    as_durations,
    find_date_format,
    looks_like_durations,
    lost_words,
    with_century,
)
from tabular.values import (
    COMPACT_DATE,
    FALSE_WORDS,
    TRUE_WORDS,
    as_booleans,
    as_datetimes,
    as_numbers,
    as_text,
    plain_values,
)

MOST_LEVELS = 20
"""A category with more levels is of high cardinality."""

_WORDY = 4
"""Mean number of words from which values are prose and not levels."""

_FOUND_KINDS = frozenset({ColumnKind.CONSTANT, ColumnKind.EMPTY})
"""Kinds that a column cannot be given."""


def infer_schema(
    frame: pd.DataFrame,
    choices: Sequence[ColumnKindChoice] = (),
    time: str | None = None,
    decimal: str = ".",
) -> tuple[ColumnSchema, ...]:
    """Decide the kind of every column, those included that are set aside.

    Args:
        frame: The rows to decide from.
        choices: Kinds that the user fixed.
        time: The column that orders the rows, which is no identifier for that.
        decimal: What stands between whole and fraction in the table's text.

    Returns:
        One schema per column in the table's order. Identifiers are found only if they
        leave something to learn from.

    Raises:
        TableError: If a choice names no column or does not fit its values.
    """
    _check_choices(frame, choices)
    chosen = {choice.column: choice for choice in choices}
    names = [str(name) for name in frame.columns]

    def schemas_of(identifiers: Collection[str]) -> tuple[ColumnSchema, ...]:
        return tuple(
            _column_schema(
                name, frame[name], chosen.get(name), name in identifiers, decimal
            )
            for name in names
        )

    found = schemas_of(set(names) - {time})
    if any(column.kind not in SET_ASIDE_KINDS for column in found):
        return found
    return schemas_of(())


def _check_choices(frame: pd.DataFrame, choices: Sequence[ColumnKindChoice]) -> None:
    for choice in choices:
        if choice.column not in frame.columns:
            raise TableError(
                f"--kind names {choice.column!r}, which is no feature column; "
                "name one of the table."
            )
        if choice.kind in _FOUND_KINDS:
            raise TableError(
                f"{choice.kind.value!r} is found, not chosen; "
                f"leave {choice.column!r} out with --drop."
            )


def _column_schema(
    name: str,
    column: pd.Series,
    choice: ColumnKindChoice | None,
    may_be_identifier: bool,
    decimal: str,
) -> ColumnSchema:
    values = plain_values(column)
    if values.isna().all():
        return ColumnSchema(name=name, kind=ColumnKind.EMPTY)
    if not values.hasnans and values.nunique() == 1:
        return ColumnSchema(name=name, kind=ColumnKind.CONSTANT)
    if choice is not None:
        return _chosen_schema(values, choice, decimal)
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return ColumnSchema(name=name, kind=ColumnKind.DURATION)
    found = _infer(name, values, decimal)
    if may_be_identifier and is_identifier(name, values) and _is_plain(found):
        return ColumnSchema(name=name, kind=ColumnKind.IDENTIFIER)
    return found


def _is_plain(found: ColumnSchema) -> bool:
    """Dates and durations differ in every row for other reasons."""
    return found.kind not in {ColumnKind.DATETIME, ColumnKind.DURATION}


def _infer(name: str, values: pd.Series, decimal: str) -> ColumnSchema:
    kind, written = _infer_kind(values, decimal)
    levels = _levels(values) if kind is ColumnKind.CATEGORY else ()
    if len(levels) > MOST_LEVELS:
        kind = ColumnKind.HIGH_CARDINALITY
    return ColumnSchema(name=name, kind=kind, levels=levels, format=_kept(written))


def _kept(written: str | None) -> str | None:
    return None if written == ISO else written


def _infer_kind(values: pd.Series, decimal: str) -> tuple[ColumnKind, str | None]:
    """The kind, and how dates or amounts are written."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return ColumnKind.BOOLEAN, None
    if are_hashes(values):
        return _infer_text_kind(as_text(values.dropna())), None
    if pd.api.types.is_numeric_dtype(values.dtype):
        is_date = _are_compact_dates(values)
        return (
            (ColumnKind.DATETIME, COMPACT_DATE)
            if is_date
            else (ColumnKind.NUMERIC, None)
        )
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return ColumnKind.DATETIME, None
    written = find_date_format(values)
    if written is not None:
        return ColumnKind.DATETIME, written
    if looks_like_durations(values):
        return ColumnKind.DURATION, None
    amounts = find_amounts(values, decimal)
    if amounts is not None and not amounts.are_notes:
        return ColumnKind.NUMERIC, str(amounts.notation)
    return _infer_text_kind(values.dropna()), None


def _are_compact_dates(values: pd.Series) -> bool:
    """Tell whether whole numbers of eight digits all are dates like 20240131."""
    present = values.dropna()
    is_in_range = present.between(16_000_101, 21_991_231).all()
    if not is_in_range or (present % 1 != 0).any():
        return False
    return find_date_format(as_text(present)) == COMPACT_DATE


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


def _chosen_schema(
    values: pd.Series, choice: ColumnKindChoice, decimal: str
) -> ColumnSchema:
    written = choice.format
    if choice.kind is ColumnKind.DATETIME and written is None:
        is_text = isinstance(values.dtype, pd.StringDtype)
        written = find_date_format(values if is_text else as_text(values))
    if choice.kind is ColumnKind.NUMERIC and (amounts := find_amounts(values, decimal)):
        written = str(amounts.notation)
    _check_kind(values, choice, written)
    if choice.kind is ColumnKind.DATETIME and written is not None:
        written = with_century(values, written)
    levels = _levels(values) if choice.kind in CATEGORY_KINDS else ()
    return ColumnSchema(
        name=choice.column, kind=choice.kind, levels=levels, format=_kept(written)
    )


def _check_kind(
    values: pd.Series, choice: ColumnKindChoice, written: str | None
) -> None:
    """Refuse a chosen kind that would turn values into missing ones."""
    match choice.kind:
        case ColumnKind.NUMERIC:
            if written is not None:
                return
            converted = as_numbers(values)
        case ColumnKind.BOOLEAN:
            converted = as_booleans(values)
        case ColumnKind.DATETIME:
            converted = _chosen_dates(values, written or ISO)
            if _are_few(values, written or ISO):
                return
        case ColumnKind.DURATION:
            converted = as_durations(values)
        case _:
            return
    lost = values[values.notna() & converted.isna()]
    if not lost.empty:
        raise TableError(
            f"Column {choice.column!r} cannot be {choice.kind.value}: it holds "
            f"{str(lost.iloc[0])!r}; choose another --kind."
        )


def _chosen_dates(values: pd.Series, written: str) -> pd.Series:
    try:
        return as_datetimes(values, written)
    except ValueError as error:
        raise TableError(
            f"--kind: {written!r} is no format of dates; write it like %d/%m/%Y %H:%M."
        ) from error


def _are_few(values: pd.Series, written: str) -> bool:
    """Whether what is no date among chosen ones are a few words for missing ones."""
    if not isinstance(values.dtype, pd.StringDtype):
        return False
    words = lost_words(values, written)
    rare = LARGEST_WORD_SHARE * values.notna().sum()
    return len(words) <= MOST_WORDS and words.sum() <= rare


def _levels(values: pd.Series) -> tuple[str, ...]:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return tuple(as_text(values.drop_duplicates().sort_values().dropna()).unique())
    return tuple(sorted(as_text(values).dropna().unique()))
