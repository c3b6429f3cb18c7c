"""Coarse facts about a table, safe to show to a proposer, and warnings for the user."""

from collections.abc import Iterator

import pandas as pd

from schemas.table import ColumnKind, ColumnProfile, ColumnSchema, TableProfile
from tabular.values import as_numbers, as_text, plain_values

SMALLEST_GROUP_ROWS = 20
"""No statistic is told that fewer rows than this stand behind."""

_COMMON_LEVELS = 12
_MOSTLY_MISSING = 0.5
_SHOWN_NAMES = 5


def profile_table(
    frame: pd.DataFrame, columns: tuple[ColumnSchema, ...]
) -> TableProfile:
    """Profile the development rows.

    Args:
        frame: At least these columns, as they were read.
        columns: All columns but target and helpers, constant and empty ones too.
    """
    profiles = tuple(_profile_column(frame[column.name], column) for column in columns)
    return TableProfile(
        rows=len(frame),
        columns=profiles,
        warnings=tuple(_warnings(frame, profiles)),
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
            return _with_moments(profile, as_numbers(values).dropna())
        case ColumnKind.CATEGORY:
            counts = as_text(values).value_counts()
            common = counts[counts >= SMALLEST_GROUP_ROWS].index[:_COMMON_LEVELS]
            return profile.model_copy(update={"common_levels": tuple(common)})
        case _:
            return profile


def _with_moments(profile: ColumnProfile, numbers: pd.Series) -> ColumnProfile:
    if len(numbers) < SMALLEST_GROUP_ROWS:
        return profile
    moments = {
        "minimum": float(numbers.min()),
        "mean": float(numbers.mean()),
        "maximum": float(numbers.max()),
        "deviation": float(numbers.std()),
    }
    return profile.model_copy(update=moments)


def _warnings(
    frame: pd.DataFrame, profiles: tuple[ColumnProfile, ...]
) -> Iterator[str]:
    useless = [p.name for p in profiles if p.kind in _USELESS]
    if useless:
        yield f"Columns that never vary are left out: {_listed(useless)}."
    sparse = [
        p.name
        for p in profiles
        if p.missing_share > _MOSTLY_MISSING and p.kind not in _USELESS
    ]
    if sparse:
        yield f"Columns with more than half of their values missing: {_listed(sparse)}."
    identifiers = [p.name for p in profiles if _is_identifier(frame[p.name], p)]
    if identifiers:
        yield (
            "Columns with another value in every row may be identifiers: "
            f"{_listed(identifiers)}; leave them out with --drop."
        )


_USELESS = frozenset({ColumnKind.CONSTANT, ColumnKind.EMPTY})


def _is_identifier(values: pd.Series, profile: ColumnProfile) -> bool:
    """Whole numbers or single words, all different; measurements may be so by chance."""
    if profile.distinct < len(values) or len(values) < SMALLEST_GROUP_ROWS:
        return False
    if profile.kind is ColumnKind.NUMERIC:
        numbers = as_numbers(values)
        return bool((numbers % 1 == 0).all() and numbers.is_monotonic_increasing)
    if profile.kind is ColumnKind.TEXT:
        return not as_text(values).str.contains(" ", regex=False).any()
    return False


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:_SHOWN_NAMES]))
    rest = len(names) - _SHOWN_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown
