"""Dates as numbers."""

import numpy as np
import pandas as pd

from toolkit.arrays import Floats

DAY_SECONDS = 86_400
PERIODS = {"month": 12, "day_of_week": 7, "hour": 24}
"""Parts that come round again, with the length of the round."""


def datetime_parts(column: pd.Series, *, is_cyclic: bool = False) -> Floats:
    """Days since 1970, year, month, day, weekday and hour of each row.

    Args:
        column: Dates, with or without a time zone.
        is_cyclic: Add sine and cosine of month, weekday and hour, for models that
            cannot split a range in pieces.

    Returns:
        Array of shape (rows, 6), or (rows, 12) if cyclic; missing dates are NaN.
    """
    moments = pd.DatetimeIndex(pd.to_datetime(column, utc=True))
    seconds = (moments - pd.Timestamp(0, tz="UTC")).total_seconds().to_numpy()
    names = ["year", "month", "day", "day_of_week", "hour"]
    parts = [np.asarray(getattr(moments, name), dtype=np.float64) for name in names]
    blocks = [seconds / DAY_SECONDS, *parts]
    if is_cyclic:
        for name, period in PERIODS.items():
            angle = 2 * np.pi * parts[names.index(name)] / period
            blocks += [np.sin(angle), np.cos(angle)]
    return np.column_stack(blocks)
