"""Dates as numbers."""

import numpy as np
import pandas as pd

from toolkit.datetime_parts import datetime_parts


def test_parts_are_days_year_month_day_weekday_and_hour() -> None:
    column = pd.Series([pd.Timestamp("1970-01-02 12:00"), pd.NaT])

    parts = datetime_parts(column)

    assert parts[0].tolist() == [1.5, 1970, 1, 2, 4, 12]
    assert np.isnan(parts[1]).all()


def test_cyclic_parts_lie_on_circles_of_radius_one() -> None:
    column = pd.Series(pd.date_range("2020-01-01", periods=50, freq="37h", tz="UTC"))

    circles = datetime_parts(column, is_cyclic=True)[:, 6:].reshape(50, 3, 2)

    np.testing.assert_allclose((circles**2).sum(axis=2), 1.0)
