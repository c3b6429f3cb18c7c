"""Columns that name a row and say nothing about it: counters, keys, codes."""

import re

import pandas as pd

from tabular.values import as_text

FEWEST_ROWS = 20
"""In fewer rows, all values of a measurement may well differ by chance."""

_DENSEST = 2
"""A counter has at most this many numbers for each of its rows: some rows may be gone."""

_NAME = re.compile(
    r"(^|[_\W])(id|idx|index|key|uuid|guid|row_?(id|no|num|number)|unnamed: 0)$",
    re.IGNORECASE,
)
_CAMEL_NAME = re.compile("[a-z](Id|ID|Key)$")
_KEY = r"[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*"
_CODE = r"[A-Za-z]\S*\d\S*|\d+"
_MOST_SHAPES = 3

_LONG = "-?[1-9][0-9]{15,}"
_LONG_SHARE = 0.95
_WIDEST_COUNTER = 2
"""Times in nanoseconds and counters of long numbers lie closer together than this factor."""
_GLANCE = 200


def is_identifier(name: str, values: pd.Series) -> bool:
    """Tell whether a column names the rows.

    Its values differ in every row, and they are whole numbers or single words. On top of
    that the column is called so (`id`, `customer_id`, `orderId`), or its numbers count
    rows or are hashes, or its words are keys (`3f2a9c41`) or of one shape (`PT-0042`).

    Args:
        name: The column's name.
        values: Plain values, as `plain_values` returns them.
    """
    if len(values) < FEWEST_ROWS or values.hasnans or not values.is_unique:
        return False
    is_called_so = bool(_NAME.search(name) or _CAMEL_NAME.search(name))
    if pd.api.types.is_integer_dtype(values.dtype):
        return is_called_so or _counts_rows(values) or are_hashes(values)
    if not isinstance(values.dtype, pd.StringDtype):
        return False
    if values.str.contains(r"\s", regex=True).any():
        return False
    return is_called_so or _are_codes(values)


def are_hashes(values: pd.Series) -> bool:
    """Tell whether whole numbers have so many digits that they are names.

    Nothing is measured to 16 digits but time. Hashes and account numbers are told from it by
    their first digits, which take all values.

    Args:
        values: Plain values, numbers or text.
    """
    is_text = isinstance(values.dtype, pd.StringDtype)
    if not is_text and not pd.api.types.is_integer_dtype(values.dtype):
        return False
    known = values.dropna()
    # The first values spare most columns a full scan.
    parts = (known.head(_GLANCE), known)
    if any(_long_share(part) < _LONG_SHARE for part in parts):
        return False
    sizes = known[_is_long(known)].astype("float64").abs()
    return bool(sizes.max() > _WIDEST_COUNTER * sizes.min())


def _long_share(known: pd.Series) -> float:
    return 0.0 if known.empty else float(_is_long(known).mean())


def _is_long(known: pd.Series) -> "pd.Series[bool]":
    return as_text(known).str.fullmatch(_LONG)


def _counts_rows(values: pd.Series) -> bool:
    first, last = int(values.min()), int(values.max())
    return 0 <= first <= len(values) // 10 + 1 and last <= _DENSEST * len(values)


def _are_codes(values: pd.Series) -> bool:
    if values.str.fullmatch(_KEY).all():
        return True
    if not values.str.fullmatch(_CODE).all():
        return False
    shapes = values.str.replace(r"\d+", "0", regex=True)
    return shapes.nunique() <= _MOST_SHAPES
