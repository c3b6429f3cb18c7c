"""New columns from dates, also for models that do not take dates apart themselves."""

from collections.abc import Sequence
from itertools import combinations
from typing import Self

import numpy as np
import pandas as pd

from toolkit.arrays import Floats
from toolkit.feature_columns import new_columns

DAY_SECONDS = 86_400
FRIDAY = 4


class DateFeatures:
    """Place in the year, month and week of each date, and the days between two dates.

    Args:
        columns: Names of columns of dates.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = list(columns)

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Return itself: there is nothing to learn."""
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Columns like `day of year of sold` or `days from built to sold`."""
        moments = {
            name: pd.DatetimeIndex(pd.to_datetime(X[name], utc=True))
            for name in self.columns
        }
        columns: dict[str, Floats] = {}
        for name, dates in moments.items():
            is_missing = np.asarray(dates.isna())
            parts = {
                "quarter": dates.quarter,
                "week": dates.isocalendar().week,
                "day of year": dates.day_of_year,
                "minute of day": 60 * dates.hour + dates.minute,
                "days to end of month": dates.days_in_month - dates.day,
                "weekend": dates.day_of_week > FRIDAY,
            }
            for part, values in parts.items():
                numbers = np.asarray(values, dtype=object)
                numbers[is_missing] = np.nan
                columns[f"{part} of {name}"] = numbers.astype(np.float64)
        for first, second in combinations(moments, 2):
            seconds = (moments[second] - moments[first]).total_seconds()
            days = np.asarray(seconds, dtype=np.float64) / DAY_SECONDS
            columns[f"days from {first} to {second}"] = days
        return new_columns(columns, X)
