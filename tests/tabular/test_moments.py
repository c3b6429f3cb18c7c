"""Dates and durations are found in their usual forms, and nothing else is taken for them."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.moments import (
    ISO,
    as_durations,
    as_moments,
    find_date_format,
    looks_like_durations,
    lost_words,
    other_reading,
    with_century,
)
from tabular.values import as_datetimes


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("values", "format_"),
    [
        (("2024-03-01", "2024-12-31 12:30"), ISO),
        (("2024-03-01T12:30:00Z", None), ISO),
        (("2024-03", "2024-04"), ISO),
        (("31/12/2024", "01/02/2024"), "%d/%m/%Y"),
        (("12/31/2024", "01/02/2024"), "%m/%d/%Y"),
        (("12/31/24", "1/2/24"), "%m/%d/%y since 1975"),
        (("31.12.2024", "1.2.2024"), "%d.%m.%Y"),
        (("31.12.24", "01.02.24"), "%d.%m.%y since 1975"),
        (("2024/12/31", "2024/01/02"), "%Y/%m/%d"),
        (("31-12-2024", "01-02-2024"), "%d-%m-%Y"),
        (("31/12/2024 23:59", "01/02/2024 0:00"), "%d/%m/%Y %H:%M"),
        (("31/12/2024 11:59:58 PM", "01/02/2024 1:00:00 am"), "%d/%m/%Y %I:%M:%S %p"),
        (("3 Mar 2024", "12 Dec 2023"), "%d %b %Y"),
        (("March 3, 2024", "December 12, 2023"), "%B %d, %Y"),
        (("Mon, 04 Mar 2024", "Tue, 05 Mar 2024"), "%a, %d %b %Y"),
        (("12/2024", "01/2025"), "%m/%Y"),
        (("20241231", "20240102"), "%Y%m%d"),
        (("Dec-2011", "Jan-2012"), "%b-%Y"),
        (("Dec-11", "Jan-12"), "%b-%y since 1962"),
        (("Dec 2011", "Jan 2012"), "%b %Y"),
        (("December 2011", "January 2012"), "%B %Y"),
        (("2019/08", "2019/12"), "%Y/%m"),
        (("2009-06-15 17:26:21 UTC", None), "%Y-%m-%d %H:%M:%S UTC"),
        (("Mon, 19 Aug 2019 23:51:04 GMT", None), "%a, %d %b %Y %H:%M:%S GMT"),
        (("Mon, 19 Aug 2019 23:51:04 +0200", None), "%a, %d %b %Y %H:%M:%S %z"),
        (("2019-08-19 11:51 PM", "2019-08-20 01:02 AM"), "%Y-%m-%d %I:%M %p"),
        (("2019-08-19 11:51:04 PM", None), "%Y-%m-%d %I:%M:%S %p"),
        (("08/19/2019 11:51PM", "08/20/2019 1:02AM"), "%m/%d/%Y %I:%M%p"),
        (("19AUG2019", "02SEP2019"), "%d%b%Y"),
        (("19AUG2019:23:51:04", None), "%d%b%Y:%H:%M:%S"),
        (("Monday, August 19, 2019", None), "%A, %B %d, %Y"),
    ],
)
def test_dates_are_found(values: tuple[str | None, ...], format_: str) -> None:
    found = find_date_format(text(*values))

    assert found == format_
    assert as_datetimes(text(*values), found).notna().equals(text(*values).notna())


@pytest.mark.parametrize(
    "values",
    [
        ("1.2.10", "1.3.0"),
        ("2024-03-01", "soon"),
        ("31/12/2024", "12/31/2024"),
        ("2024-13-01", "2024-01-01"),
        ("10-20", "30-40"),
        ("99999999", "20240101"),
        ("1:30:00", "2:00:00"),
        (None, None),
        ("1/2", "3/4"),
        ("ABC-2011", "Dec-2011"),
        ("Dec-5", "Jan-6"),
        ("2019/13", "2019/08"),
        ("2009-06-15 17:26:21 XYZ", None),
    ],
)
def test_nothing_else_is_a_date(values: tuple[str | None, ...]) -> None:
    assert find_date_format(text(*values)) is None


DAYS = pd.date_range("2024-01-05", periods=40).strftime("%d/%m/%Y").tolist()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([*DAYS, "unknown", "unknown", "soon"], {"unknown": 2, "soon": 1}),
        (["unknown", *DAYS], {"unknown": 1}),
        ([*DAYS, "31/02/2024"], {"31/02/2024": 1}),
        (["NaT", "00/00/0000", "0000-00-00 00:00:00", "-", "None", *DAYS[:20]], {}),
    ],
)
def test_a_few_words_among_dates_are_missing_ones(
    values: list[str], words: dict[str, int]
) -> None:
    assert find_date_format(text(*values)) == "%d/%m/%Y"
    assert lost_words(text(*values), "%d/%m/%Y").to_dict() == words


@pytest.mark.parametrize(
    "values",
    [
        [*DAYS, "a", "b", "c", "d"],
        [*DAYS, *["unknown"] * 5],
        [*DAYS[:20], "unknown"],
        ["NaT", "0000-00-00"],
    ],
    ids=["many words", "many rows", "few dates", "no date"],
)
def test_dates_with_other_words_are_text(values: list[str]) -> None:
    assert find_date_format(text(*values)) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (1945, 2005),
        (1945, 1968),
        (1920, 1998),
        (1985, 1999),
        (2010, 2024),
        (2024, 2045),
    ],
)
def test_years_of_two_digits_are_those_of_one_lifetime(first: int, last: int) -> None:
    years = [*range(first, last + 1, 5), last]
    written = text(*(f"13/03/{year % 100:02}" for year in years))

    moments = as_datetimes(written, find_date_format(written) or "")

    assert moments.dt.year.tolist() == years


@given(
    st.dates(date(1950, 1, 1), date(2049, 12, 31)),
    st.lists(st.integers(0, 49 * 365)),
    st.integers(-25 * 365, 25 * 365),
)
def test_dates_near_those_that_were_learned_are_of_the_same_century(
    last: date, days_before: list[int], days_later: int
) -> None:
    learned = [last, *(last - timedelta(days) for days in days_before)]
    later = last + timedelta(days_later)

    format_ = with_century(text(*(f"{day:%d-%b-%y}" for day in learned)), "%d-%b-%y")
    moments = as_datetimes(text(f"{later:%d-%b-%y}"), format_)

    assert moments[0].date() == later


def test_the_user_may_name_the_first_year_that_two_digits_mean() -> None:
    assert with_century(text("1.2.30"), "%d.%m.%y since 1850") == "%d.%m.%y since 1850"
    read = as_datetimes(text("1.2.30", "1930-02-01", None), "%d.%m.%y since 1850")
    assert read.dt.year.tolist()[:2] == [1930, 1930]
    assert pd.isna(read[2])


def test_the_zone_of_a_time_becomes_utc() -> None:
    written = text("Mon, 19 Aug 2019 23:51:04 +0200")

    moments = as_datetimes(written, "%a, %d %b %Y %H:%M:%S %z")

    assert moments[0] == pd.Timestamp("2019-08-19 21:51:04")


def test_the_order_of_the_rows_tells_day_from_month() -> None:
    days = pd.to_datetime(["2024-02-10", "2024-02-12", "2024-03-01", "2024-04-02"])

    for format_ in ("%d/%m/%Y", "%m/%d/%Y"):
        assert find_date_format(text(*days.strftime(format_))) == format_


def test_without_any_sign_slashes_begin_with_the_month() -> None:
    assert find_date_format(text("5/6/2024", "1/2/2024", "3/9/2024")) == "%m/%d/%Y"
    assert find_date_format(text("5.6.2024", "1.2.2024", "3.9.2024")) == "%d.%m.%Y"


def test_the_other_reading_is_told_if_there_is_one() -> None:
    assert other_reading(text("5/6/2024", "1/2/2024"), "%m/%d/%Y") == "%d/%m/%Y"
    other = other_reading(text("5/6/24", "1/2/24"), "%m/%d/%y since 1975")
    assert other == "%d/%m/%y since 1975"
    assert other_reading(text("5/5/2024", "1/1/2024"), "%m/%d/%Y") is None
    assert other_reading(text("13/5/2024", "1/2/2024"), "%d/%m/%Y") is None
    assert other_reading(text("3 Mar 2024"), "%d %b %Y") is None


def test_iso_dates_are_understood_beside_any_format() -> None:
    moments = as_datetimes(text("31/12/2024", "2024-12-31", "soon"), "%d/%m/%Y")

    assert moments[0] == moments[1] == pd.Timestamp("2024-12-31")
    assert pd.isna(moments[2])


@given(
    st.lists(
        st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S.%f"]),
)
def test_written_dates_are_read_back(moments: list[datetime], format_: str) -> None:
    written = text(*(moment.strftime(format_) for moment in moments))

    read = as_datetimes(written, ISO if "-" in format_ else format_)

    assert read.dt.strftime(format_).tolist() == written.tolist()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1:30:00", 5400),
        ("1:30", 5400),
        ("100:00:01.5", 360001.5),
        ("-0:00:10", -10),
        ("3 days", 259200),
        ("3 days, 1:00:00", 262800),
        ("1 day 02:00:00", 93600),
        ("90s", 90),
        ("1h 30m", 5400),
        ("1.5 hours", 5400),
        ("2 hours, 5 minutes", 7500),
        ("PT1H30M", 5400),
        ("P1DT2H", 93600),
    ],
)
def test_durations_are_read_as_seconds(value: str, seconds: float) -> None:
    column = text(value, None)

    assert looks_like_durations(column)
    assert as_durations(column)[0] == seconds
    assert pd.isna(as_durations(column)[1])


@pytest.mark.parametrize(
    "value", ["12", "36 months", "5 years", "1:75", "P", "5 mm", "x", "2024-01-01", "d"]
)
def test_nothing_else_is_a_duration(value: str) -> None:
    assert not looks_like_durations(text(value))


def test_spans_and_numbers_of_other_files_are_seconds_too() -> None:
    spans = pd.Series([timedelta(hours=1), None])

    assert as_durations(spans).tolist()[0] == 3600
    assert as_durations(pd.Series([3600, 60])).tolist() == [3600, 60]


@pytest.mark.parametrize("number", ["5", "-5.5", "1,000", "2e3", " 7 "])
def test_a_number_without_a_unit_among_durations_is_missing(number: str) -> None:
    assert as_durations(text("3 days", number)).isna().tolist() == [False, True]


def test_columns_of_dates_become_moments_and_others_stay() -> None:
    assert as_moments(text("31.12.2024"))[0] == datetime(
        2024, 12, 31, tzinfo=UTC
    ).replace(tzinfo=None)
    assert as_moments(text("x"))[0] == "x"


def test_what_follows_a_year_is_its_month() -> None:
    days = pd.Series(["2014/06/04", "2013/02/25"], dtype="str")

    assert find_date_format(days) == "%Y/%m/%d"
    assert other_reading(days, "%Y/%m/%d") is None
    assert other_reading(pd.Series(["04/06/2014"], dtype="str"), "%d/%m/%Y") is not None
