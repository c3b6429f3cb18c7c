"""Dates become the parts of them that targets follow."""

import numpy as np
import pandas as pd

from toolkit.datetime_parts import datetime_columns, datetime_parts


def test_parts_are_days_year_month_day_weekday_day_of_year_and_hour() -> None:
    column = pd.Series([pd.Timestamp("1970-02-02 12:45"), pd.NaT])

    parts = datetime_parts(column)

    assert parts[0].tolist() == [32 + 12.75 / 24, 1970, 2, 2, 0, 33, 12.75]
    assert np.isnan(parts[1]).all()


def test_hours_before_1970_count_from_midnight() -> None:
    parts = datetime_parts(pd.Series([pd.Timestamp("1969-12-31 06:00")]))

    assert parts[0].tolist() == [-0.75, 1969, 12, 31, 2, 365, 6]


def test_days_of_any_year_are_taken_apart() -> None:
    days = pd.Series(["0014-11-18T15:00", "9999-12-31T00:00"])

    parts = datetime_parts(days.astype("datetime64[us]"), is_cyclic=True)

    assert parts[0, :7].tolist() == [-714_093 + 15 / 24, 14, 11, 18, 1, 322, 15]
    assert parts[1, :7].tolist() == [2_932_896, 9999, 12, 31, 4, 365, 0]


def test_cyclic_parts_lie_on_circles_of_radius_one() -> None:
    column = pd.Series(pd.date_range("2020-01-01", periods=50, freq="37h", tz="UTC"))

    circles = datetime_parts(column, is_cyclic=True)[:, 7:].reshape(50, 3, 2)

    np.testing.assert_allclose((circles**2).sum(axis=2), 1.0)


def test_new_year_is_next_to_new_years_eve_on_the_circle() -> None:
    column = pd.Series(pd.to_datetime(["2021-01-01", "2021-12-31", "2021-07-01"]))

    circle = datetime_parts(column, is_cyclic=True)[:, 7:9]

    assert np.linalg.norm(circle[0] - circle[1]) < 0.03
    assert np.linalg.norm(circle[0] - circle[2]) > 1.9


def test_dates_are_compared_with_each_other() -> None:
    table = pd.DataFrame(
        {
            "built": pd.to_datetime(["2024-02-28", "2024-02-28"]),
            "sold": pd.to_datetime(pd.Series(["2024-03-01 12:00", None])),
            "price": [1.0, 2.0],
        }
    )

    columns = datetime_columns(table, ["built", "sold"])

    assert columns.shape == (2, 7 + 7 + 1)
    assert columns[0, -1] == 2.5
    assert np.isnan(columns[1, -1])


def test_a_table_without_dates_has_no_columns_of_them() -> None:
    assert datetime_columns(pd.DataFrame({"a": [1, 2]}), []).shape == (2, 0)
