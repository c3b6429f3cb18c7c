"""Words that stand for a missing value in text."""

import re

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "<NA>", "#N/A", "?")
"""What stands for a missing value in any column."""

MISSING_AMONG_NUMBERS = (
    *MISSING,
    *("None", "none", "NAN", "N.A.", "n.a.", "n.d.", "(null)", "\\N", "#DIV/0!"),
    *("-", "--", ".", "inf", "-inf"),
)
"""What else does in a column that holds nothing but numbers otherwise."""

MISSING_AMONG_DATES = (*MISSING, "NaT", "None", "none", "-", "--", ".")
"""What else does in a column that holds nothing but dates otherwise."""

ZERO_DATE = re.compile(r"0+[-/.]0+[-/.]0+(?:[T ][0:.]+)?|0{8}")
"""The date that some databases write for none."""

MOST_WORDS = 3
LARGEST_WORD_SHARE = 0.1
FEWEST_OTHERS = 20
"""A column of fewer numbers may as well be one of grades or sizes, like `38` and `XL`."""


def are_missing(words: int, word_rows: int, rows: int, others: int) -> bool:
    """Whether words in a column of numbers or dates stand for values that are not known.

    Args:
        words: How many different words there are.
        word_rows: How many rows hold one.
        rows: How many rows hold anything.
        others: How many different numbers or dates there are.
    """
    is_rare = words <= MOST_WORDS and word_rows <= LARGEST_WORD_SHARE * rows
    return words == 0 or (is_rare and others > FEWEST_OTHERS)
