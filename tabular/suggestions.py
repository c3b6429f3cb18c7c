"""What a user who typed the name of no column may have meant."""

import difflib
from collections.abc import Collection

_SHOWN = 10


def closest(name: str, columns: Collection[str]) -> str:
    """A half sentence that names the closest column, or the first ones of all."""
    close = difflib.get_close_matches(name, columns, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    shown = ", ".join(map(repr, list(columns)[:_SHOWN]))
    more = len(columns) - _SHOWN
    return f"; it has {shown}" + (f" and {more} more." if more > 0 else ".")
