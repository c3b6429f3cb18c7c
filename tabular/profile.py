"""Coarse facts about a table, safe to show to a proposer, and warnings for the user."""

from collections.abc import Iterator, Sequence

import pandas as pd

from schemas.table import (
    SET_ASIDE_KINDS,
    ColumnKind,
    ColumnProfile,
    ColumnSchema,
    TableProfile,
)
from tabular.amounts import find_amounts
from tabular.descriptions import Descriptions
from tabular.moments import ISO, as_durations, lost_words, other_reading
from tabular.notation import Notation, as_numeric, unit_of
from tabular.values import as_text, plain_values

SMALLEST_GROUP_ROWS = 20
"""No statistic is told that fewer rows than this stand behind."""

_COMMON_LEVELS = 12
_EXTREME_SHARE = 0.05
_MOSTLY_MISSING = 0.5
_SHOWN_NAMES = 5


def profile_table(
    frame: pd.DataFrame,
    columns: tuple[ColumnSchema, ...],
    words: Descriptions | None = None,
) -> TableProfile:
    """Profile the development rows.

    Args:
        frame: At least these columns, as they were read.
        columns: All columns but target and helpers, those that are set aside too.
        words: What the user says about them.
    """
    said = words or Descriptions()
    profiles = tuple(
        _profile_column(frame[column.name], column).model_copy(
            update={"description": said.columns.get(column.name, "")}
        )
        for column in columns
    )
    return TableProfile(
        rows=len(frame),
        columns=profiles,
        warnings=tuple(_warnings(frame, columns, profiles)),
        description=said.table,
    )


def _profile_column(values: pd.Series, column: ColumnSchema) -> ColumnProfile:
    profile = ColumnProfile(
        name=column.name,
        kind=column.kind,
        missing_share=float(values.isna().mean()),
        distinct=int(plain_values(values).nunique()),
    )
    match column.kind:
        case ColumnKind.NUMERIC:
            written = profile.model_copy(update={"unit": unit_of(column.format)})
            return _with_moments(written, as_numeric(values, column.format))
        case ColumnKind.DURATION:
            return _with_moments(profile, as_durations(values))
        case ColumnKind.CATEGORY | ColumnKind.HIGH_CARDINALITY:
            counts = as_text(values).value_counts()
            common = counts[counts >= SMALLEST_GROUP_ROWS].index[:_COMMON_LEVELS]
            return profile.model_copy(update={"common_levels": tuple(common)})
        case _:
            return profile


def _with_moments(profile: ColumnProfile, amounts: pd.Series) -> ColumnProfile:
    missing = {"missing_share": float(amounts.isna().mean())}
    numbers = amounts.dropna()
    if len(numbers) < SMALLEST_GROUP_ROWS:
        return profile.model_copy(update=missing)
    ordered = numbers.sort_values()
    extremes = max(SMALLEST_GROUP_ROWS, int(_EXTREME_SHARE * len(numbers)))
    moments = {
        "minimum": float(numbers.min()),
        "mean": float(numbers.mean()),
        "maximum": float(numbers.max()),
        "deviation": float(numbers.std()),
        "low": float(ordered[:extremes].mean()),
        "high": float(ordered[-extremes:].mean()),
        "is_positive": bool(numbers.min() > 0),
        "is_whole": bool((numbers % 1 == 0).all()),
    }
    return profile.model_copy(update=missing | moments)


def _warnings(
    frame: pd.DataFrame,
    columns: tuple[ColumnSchema, ...],
    profiles: tuple[ColumnProfile, ...],
) -> Iterator[str]:
    useless = [p.name for p in profiles if p.kind in _NEVER_VARY]
    if useless:
        yield f"Columns that never vary are left out: {listed(useless)}."
    identifiers = [p.name for p in profiles if p.kind is ColumnKind.IDENTIFIER]
    if identifiers:
        yield (
            f"Columns that name rows are left out: {listed(identifiers)}; "
            "--kind COL=numeric (or text, category) keeps one."
        )
    sparse = [
        p.name
        for p in profiles
        if p.missing_share > _MOSTLY_MISSING and p.kind not in SET_ASIDE_KINDS
    ]
    if sparse:
        yield f"Columns with more than half of their values missing: {listed(sparse)}."
    for column in columns:
        yield from _doubts(frame[column.name], column)


def _doubts(values: pd.Series, column: ColumnSchema) -> Iterator[str]:
    """What could be read in another way: words among numbers, days and months."""
    text = plain_values(values)
    if not isinstance(text.dtype, pd.StringDtype):
        return
    if column.kind is ColumnKind.DATETIME:
        words = lost_words(text, column.format or ISO)
        yield from _told_words(words, column.name, "dates")
    if column.format is None:
        return
    if column.kind is ColumnKind.NUMERIC:
        amounts = find_amounts(text, Notation.of(column.format).mark)
        if amounts is not None:
            yield from _told_words(amounts.words, column.name, "numbers")
    elif (other := other_reading(text, column.format)) is not None:
        yield (
            f"The dates of {column.name!r} are read as {column.format}, and could be "
            f"{other}; say which with --kind '{column.name}=datetime:{other}'."
        )


def _told_words(words: "pd.Series[int]", name: str, others: str) -> Iterator[str]:
    if words.empty:
        return
    place = "1 row" if words.sum() == 1 else f"{words.sum()} rows"
    yield (
        f"Column {name!r} holds {others}, but {listed(list(words.index))} in {place}; "
        f"what is no {others.removesuffix('s')} counts as missing, unless you say "
        f"--kind '{name}=category'."
    )


_NEVER_VARY = frozenset({ColumnKind.CONSTANT, ColumnKind.EMPTY})


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(map(repr, names[:_SHOWN_NAMES]))
    rest = len(names) - _SHOWN_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown
