"""Columns of amounts, in which a few words may stand for what is not known, like `nil`."""

from typing import NamedTuple

import pandas as pd

from tabular.missing_words import (
    FEWEST_OTHERS,
    MISSING_AMONG_NUMBERS,
    are_missing,
)
from tabular.notation import (
    Notation,
    are_notes,
    as_written,
    has_limits,
    has_one_currency,
    likely_notation,
)

FEWEST_MEASURES = 3
"""A column of fewer amounts is one of names: `2WD` and `4WD`."""
_GLANCE = 200


class Amounts(NamedTuple):
    """What a column of text holds if it holds amounts.

    Attributes:
        notation: How they are written.
        words: How many rows hold each value that is none, most frequent first.
        distinct: How many different amounts there are.
        are_notes: Whether they may as well be notes: `(1)`, `(2)`, `(3)`.
    """

    notation: Notation
    words: "pd.Series[int]"
    distinct: int
    are_notes: bool


def find_amounts(values: pd.Series, decimal: str = ".") -> Amounts | None:
    """Find out whether a column of text is one of amounts.

    Args:
        values: Plain values.
        decimal: What stands between whole and fraction if both marks could.

    Returns:
        None if it is not: all that is known must be amounts of one currency, three different
        ones at least; or nine tenths, more than 20 different ones beside three words at most.
    """
    if not isinstance(values.dtype, pd.StringDtype):
        return None
    rows = values[~values.isin(MISSING_AMONG_NUMBERS)].value_counts()
    if not _is_worth_a_look(rows, decimal):
        return None
    spelled = pd.Series(rows.index, dtype="str")
    if not has_one_currency(spelled):
        return None
    found = _read(rows, decimal)
    # Few of them may be classes, like `<1`, `1`, `2` and `>2`.
    if has_limits(spelled) and found.distinct <= FEWEST_OTHERS:
        return None
    words, word_rows = len(found.words), int(found.words.sum())
    is_numeric = are_missing(words, word_rows, int(rows.sum()), found.distinct)
    return found if is_numeric and found.distinct >= FEWEST_MEASURES else None


def _is_worth_a_look(rows: "pd.Series[int]", decimal: str) -> bool:
    """Spare columns of text a full reading: their first values show what they are."""
    head = rows.head(_GLANCE)
    return len(head) > 0 and len(_read(head, decimal).words) <= len(head) / 2


def _read(rows: "pd.Series[int]", decimal: str) -> Amounts:
    spelled = pd.Series(rows.index, dtype="str")
    notation = likely_notation(spelled, rows.reset_index(drop=True), decimal)
    amounts = as_written(spelled, notation)
    is_word = amounts.isna()
    return Amounts(
        notation=notation,
        words=rows[is_word.to_numpy()],
        distinct=amounts.nunique(),
        are_notes=are_notes(spelled[~is_word]),
    )
