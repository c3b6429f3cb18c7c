"""Numbers as people write them, read as `tabular.written_numbers` does, by pandas alone."""

from collections.abc import Iterable

import pandas as pd

from tabular.missing_words import MISSING_AMONG_NUMBERS
from tabular.number_patterns import GROUPED, GROUPS, NUMBER, SYMBOLS, sign_pattern

_POINT = "."
_COMMA = ","


def find_decimal(columns: Iterable[pd.Series], default: str) -> str:
    """Find out what stands between whole and fraction in the numbers of a table.

    Args:
        columns: Columns of text without white space around values.
        default: What to take if every number could be read both ways, like `1,234`.
    """
    votes = {_vote(column) for column in columns}
    if _COMMA in votes:
        return _COMMA
    return _POINT if _POINT in votes else default


def as_numbers(column: pd.Series, decimal: str) -> pd.Series:
    """Numbers where every value is one; another column stays as it is written."""
    known = _known(column)
    for style in dict.fromkeys((decimal, _POINT)):
        if len(known) and _are_numbers(known, style):
            return pd.to_numeric(_plain(known, style)).reindex(column.index)
    return column


def _vote(column: pd.Series) -> str | None:
    known = _known(column)
    if not known.str.contains("[.,]").any():
        return None
    point, comma = _are_numbers(known, _POINT), _are_numbers(known, _COMMA)
    if point == comma:
        return None
    return _POINT if point else _COMMA


def _known(column: pd.Series) -> pd.Series:
    """Values that are there, without a sign that all of them carry."""
    values = column[~column.isin(MISSING_AMONG_NUMBERS)].dropna()
    symbols = set(values.iloc[0] if len(values) else "") & set(SYMBOLS)
    if len(symbols) != 1:
        return values
    pattern = sign_pattern(symbols.pop())
    if not values.str.contains(pattern.replace("(", "(?:")).all():
        return values
    return values.str.replace(pattern, r"\1", regex=True)


def _are_numbers(values: pd.Series, decimal: str) -> bool:
    either = f"{NUMBER[decimal]}|{GROUPED[decimal]}"
    return bool(values.str.fullmatch(either).all())


def _plain(values: pd.Series, decimal: str) -> pd.Series:
    bare = values.str.replace(GROUPS[decimal], "", regex=True)
    return bare.str.replace(_COMMA, _POINT, regex=False)
