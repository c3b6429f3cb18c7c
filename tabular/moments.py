"""Dates and durations in text: found, and read in the form that was found."""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from tabular.missing_words import (
    MISSING_AMONG_DATES,
    MOST_WORDS,
    ZERO_DATE,
    are_missing,
)
from tabular.values import (
    COMPACT_DATE,
    SINCE,
    as_datetimes,
    as_text,
    finite_floats,
    plain_values,
)

_SEPARATORS = ("/", ".", "-")
_ORDERS = ("d m Y", "m d Y", "Y m d", "d m y", "m d y")
_NAMED_MONTHS = (
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%a, %d %b %Y",
    "%A, %B %d, %Y",
    "%d%b%Y",
    "%b-%Y",
    "%b-%y",
    "%b %Y",
    "%B %Y",
)
_SHORT = ("%m/%Y", "%Y/%m", COMPACT_DATE)
_HALF_DAYS = (" %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p")
_ZONED = (" %H:%M:%S UTC", " %H:%M:%S GMT", " %H:%M:%S %z")
_TIMES = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %H:%M:%S.%f",
    ":%H:%M:%S",
    *_HALF_DAYS,
    *_ZONED,
)
_PARTS = {
    "%d": r"\d{1,2}",
    "%m": r"\d{1,2}",
    "%Y": r"(?:1[6-9]|20|21)\d{2}",
    "%y": r"\d{2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
    "%a": "[A-Za-z]{3}",
    "%A": "[A-Za-z]{6,9}",
    "%z": r"[+-]\d{2}:?\d{2}",
    "%H": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%f": r"\d{1,6}",
    "%I": r"\d{1,2}",
    "%p": "[AaPp][Mm]",
}
_ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}.*)?|\d{4}-\d{2}"

_CLOCK = r"[+-]?\d{1,4}:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
_DAYS = r"[+-]?\d+ days?(?:,? [+-]?\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)?"
_AMOUNT = (
    r"\d+(?:\.\d+)? ?(?:days?|d|hours?|hr|h|minutes?|min|m|seconds?|sec|s|ms)(?![a-z])"
)
_AMOUNTS = rf"[+-]?{_AMOUNT}(?:,? ?{_AMOUNT})*"
_ISO_DURATION = r"P(?=.)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_BARE_NUMBER = r"\s*[+-]?[\d.,]+(?:[eE][+-]?\d+)?\s*"
_DURATION = f"{_CLOCK}|{_DAYS}|{_AMOUNTS}|{_ISO_DURATION}"

ISO = "ISO8601"

_FIRST_END = 1950
"""Where years have two digits, the last one of a column is in the century from here on."""


def find_date_format(text: pd.Series) -> str | None:
    """Find how the dates of a str column are written.

    Args:
        text: Text; missing values are passed over.

    Returns:
        `ISO`, a format of strptime that all values follow but for a few words (as
        `are_missing` says), or None if there is none. Where day and month could be told
        either way, the reading under which the rows are in order is taken; else dates
        with slashes begin with the month, others with the day. Two digits of a year come
        with the first year that they may mean: `%d.%m.%y since 1926`.
    """
    present = _present(text)
    heads = present.drop_duplicates().head(MOST_WORDS + 1)
    likely = dict.fromkeys(name for head in heads for name in _formats_of(str(head)))
    lost = {
        name: rows for name in likely if (rows := _lost_rows(present, name)) is not None
    }
    least = [
        with_century(present, name)
        for name, rows in lost.items()
        if rows == min(lost.values())
    ]
    return _preferred(present, least) if least else None


def with_century(text: pd.Series, format_: str) -> str:
    """Say in a format with two digits for the year which years these stand for.

    On a circle of a hundred, years leave gaps, and a column ends where the widest begins:
    births of 1945 to 2005 leave the one from 05 to 45. Half of it is left to later dates.
    """
    if "%y" not in format_ or SINCE in format_:
        return format_
    years = as_datetimes(text, format_).dropna().dt.year
    ends = np.unique(_FIRST_END + (years - _FIRST_END) % 100)
    gaps = np.diff(ends, append=ends[0] + 100)
    widest = np.flatnonzero(gaps == gaps.max())[-1]
    return f"{format_}{SINCE}{ends[widest] + gaps[widest] // 2 - 99}"


def lost_words(text: pd.Series, format_: str) -> "pd.Series[int]":
    """How many rows hold each value that is no date, most frequent first.

    Words that always stand for a missing date are not among them.
    """
    present = _present(text)
    return present[as_datetimes(present, format_).isna()].value_counts()


def as_moments(column: pd.Series) -> pd.Series:
    """Plain values, those of a column of text that holds dates as datetime64[us]."""
    values = plain_values(column)
    if isinstance(values.dtype, pd.StringDtype):
        written = find_date_format(values)
        return values if written is None else as_datetimes(values, written)
    return values


def other_reading(text: pd.Series, format_: str) -> str | None:
    """The format with day and month exchanged, if that fits the dates as well."""
    other = format_.translate(str.maketrans("dm", "md"))
    is_named = ISO in format_ or "%b" in format_.lower() or "%d" not in format_
    # Nobody writes year, day, month.
    is_told = is_named or format_.startswith("%Y")
    if is_told:
        return None
    present = _present(text)
    ours, theirs = as_datetimes(present, format_), as_datetimes(present, other)
    is_worse = theirs.isna().sum() > ours.isna().sum()
    return None if is_worse or theirs.equals(ours) else other


def looks_like_durations(text: pd.Series) -> bool:
    """Tell whether all values of a str column are durations (`1:30:00`, `3 days`, `2h`)."""
    present = text.dropna()
    if present.empty or not present.str.fullmatch(_DURATION).all():
        return False
    return bool(as_durations(present).notna().all())


def as_durations(column: pd.Series) -> pd.Series:
    """Read a column as seconds.

    Numbers are seconds; in text, a number without a unit is missing, as all is that is no
    duration.
    """
    plain = plain_values(column)
    if pd.api.types.is_numeric_dtype(plain.dtype):
        return finite_floats(plain)
    text = as_text(plain)
    # Pandas would take these for nanoseconds.
    text = text.mask(text.str.fullmatch(_BARE_NUMBER))
    # Two parts are hours and minutes, as on a clock.
    text = text.str.replace(r"^([+-]?\d+:\d{2})$", r"\1:00", regex=True)
    spans = pd.to_timedelta(text.str.replace(",", "", regex=False), errors="coerce")
    return finite_floats(spans.dt.total_seconds())


def _formats_of(value: str) -> Iterator[str]:
    """All formats that one value could follow."""
    if re.fullmatch(_ISO_DATE, value):
        yield ISO
        dates: Iterator[str] = iter(("%Y-%m-%d",))
    else:
        dates = _dates()
    for date in dates:
        # Few dates fit, and only those are tried with every form of time.
        if re.match(_pattern(date), value):
            formats = (date + time for time in _TIMES)
            yield from (name for name in formats if re.fullmatch(_pattern(name), value))


def _dates() -> Iterator[str]:
    for separator, order in product(_SEPARATORS, _ORDERS):
        parts = [f"%{part}" for part in order.split()]
        if separator == "-" and parts[0] == "%Y":
            continue
        yield separator.join(parts)
    yield from (*_NAMED_MONTHS, *_SHORT)


def _pattern(format_: str) -> str:
    pattern = re.escape(format_).replace("%Y%m%d", r"%Y\d{2}\d{2}")
    if ".%y" in format_ or "-%y" in format_:
        # `1.2.10` is the number of a version or a chapter, `01.02.10` is a date.
        pattern = re.sub("%[dm]", r"\\d{2}", pattern)
    return re.sub("%[A-Za-z]", lambda part: _PARTS[part.group()], pattern)


def _present(text: pd.Series) -> pd.Series:
    """Values that are there, without the words that stand for a missing date."""
    present = text[~text.isin(MISSING_AMONG_DATES)].dropna()
    return present[~present.str.fullmatch(ZERO_DATE)]


def _lost_rows(present: pd.Series, format_: str) -> int | None:
    """How many rows hold no date of a format, None if these are too many."""
    rows = present.value_counts()
    spelled = pd.Series(rows.index, dtype="str")
    pattern = _ISO_DATE if format_ == ISO else _pattern(format_)
    moments = as_datetimes(spelled.where(spelled.str.fullmatch(pattern)), format_)
    is_lost = moments.isna().to_numpy()
    lost = int(rows[is_lost].sum())
    words, dates = int(is_lost.sum()), int(moments.nunique())
    return lost if are_missing(words, lost, len(present), dates) else None


def _preferred(present: pd.Series, formats: list[str]) -> str:
    in_order = [name for name in formats if _is_in_order(as_datetimes(present, name))]
    if len(in_order) == 1:
        return in_order[0]
    starts = "%m/" if "/" in formats[0] else "%d"
    return next((name for name in formats if name.startswith(starts)), formats[0])


def _is_in_order(moments: pd.Series) -> bool:
    return moments.is_monotonic_increasing or moments.is_monotonic_decreasing
