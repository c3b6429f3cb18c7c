"""Dates as numbers."""

from itertools import combinations

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.columns import side_by_side

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
PERIODS = {"day_of_year": 365.25, "day_of_week": 7, "hour": 24}
"""Parts that come round again, with the length of the round."""
MOST_COMPARED = 5
"""So many of the first columns of dates are compared with each other."""


def datetime_columns(
    table: pd.DataFrame, names: list[str], *, is_cyclic: bool = False
) -> Floats:
    """Parts of all dates of a table, and the days between each two of them.

    Args:
        table: Rows.
        names: Columns of dates; the first five are compared.
        is_cyclic: See `datetime_parts`.

    Returns:
        Array of shape (rows, 7 or 13 for each column and 1 for each pair).
    """
    parts = [datetime_parts(table[name], is_cyclic=is_cyclic) for name in names]
    pairs = combinations(parts[:MOST_COMPARED], 2)
    days_between = [second[:, :1] - first[:, :1] for first, second in pairs]
    return side_by_side([*parts, *days_between], len(table))


def datetime_parts(column: pd.Series, *, is_cyclic: bool = False) -> Floats:
    """Days since 1970, year, month, day, weekday, day of the year and hour of each row.

    Args:
        column: Dates, with or without a time zone.
        is_cyclic: Add sine and cosine of day of the year, weekday and hour, for models
            that cannot split a range in pieces.

    Returns:
        Array of shape (rows, 7), or (rows, 13) if cyclic; missing dates are NaN. Days
        since 1970 and hours have fractions.
    """
    moments = pd.DatetimeIndex(pd.to_datetime(column, utc=True))
    # In microseconds, because nanoseconds reach from 1677 to 2262 only.
    epoch = pd.Timestamp(0, tz="UTC").as_unit("us")
    seconds = (moments.as_unit("us") - epoch).total_seconds().to_numpy()
    names = ["year", "month", "day", "day_of_week", "day_of_year"]
    parts = {
        name: np.asarray(getattr(moments, name), dtype=np.float64) for name in names
    }
    parts["hour"] = seconds % DAY_SECONDS / HOUR_SECONDS
    blocks = [seconds / DAY_SECONDS, *parts.values()]
    if is_cyclic:
        for name, period in PERIODS.items():
            angle = 2 * np.pi * parts[name] / period
            blocks += [np.sin(angle), np.cos(angle)]
    return np.column_stack(blocks)
