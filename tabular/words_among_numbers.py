"""Columns of numbers in which a few words stand for what is not known, like `nil`."""

import pandas as pd

SMALLEST_NUMBER_SHARE = 0.9
FEWEST_NUMBERS = 20
"""A column of fewer numbers may as well be one of grades or sizes, like `38` and `XL`."""
MOST_WORDS = 3


def words_among_numbers(values: pd.Series) -> "pd.Series[int]":
    """Find the words of a column that holds numbers otherwise.

    Args:
        values: Plain values.

    Returns:
        How many rows hold each word, most frequent first; empty if the column holds no
        words, or is no such column: at least nine tenths of what is known must be numbers,
        more than 20 different ones, and at most three different words may stand among them.
    """
    nothing = pd.Series(dtype="int64")
    if not isinstance(values.dtype, pd.StringDtype):
        return nothing
    rows = values.value_counts()
    is_number = pd.to_numeric(pd.Series(rows.index), errors="coerce").notna().to_numpy()
    words, numbers = rows[~is_number], rows[is_number]
    has_few_words = 0 < len(words) <= MOST_WORDS
    is_numeric = numbers.sum() >= SMALLEST_NUMBER_SHARE * rows.sum()
    if has_few_words and is_numeric and len(numbers) > FEWEST_NUMBERS:
        return words
    return nothing
