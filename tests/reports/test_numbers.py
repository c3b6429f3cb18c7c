"""Numbers are written the way people read them."""

import math

import pytest

from reports.numbers import bytes_text, score_text, score_with_error, seconds_text


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (0.81234, "0.8123"),
        (-0.5, "-0.5000"),
        (1.0, "1.0000"),
        (0.0, "0.0000"),
        (0.001, "0.0010"),
        (0.000123456, "0.00012346"),
        (-3.2e-12, "-3.2e-12"),
        (12.3456789, "12.346"),
        (1234567.0, "1.2346e+06"),
        (math.nan, "-"),
        (math.inf, "-"),
        (None, "-"),
    ],
)
def test_a_score_has_four_decimals_or_where_it_is_small_or_large_five_digits(
    score: float | None, text: str
) -> None:
    assert score_text(score) == text


def test_a_standard_error_is_shown_only_where_there_is_one() -> None:
    assert score_with_error(0.8, 0.0123) == "0.8000 +- 0.012"
    assert score_with_error(0.8, 0.0) == "0.8000"
    assert score_with_error(0.8, math.nan) == "0.8000"
    assert score_with_error(None, 0.1) == "-"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(8.44, "8.4s"), (65, "1m 05s"), (3599, "59m 59s"), (3780, "1h 03m")],
)
def test_a_span_of_time_has_two_units_at_most(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(12, "12 B"), (2048, "2 KiB"), (90 << 20, "90 MiB"), (3 << 30, "3.0 GiB")],
)
def test_memory_is_in_binary_units(size: int, text: str) -> None:
    assert bytes_text(size) == text
