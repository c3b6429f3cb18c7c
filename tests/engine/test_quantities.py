"""Durations and amounts of memory as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.quantities import (
    QuantityError,
    parse_bytes,
    parse_count,
    parse_dollars,
    parse_seconds,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("1.5m", 90), (" 2 H ", 7200), (".5s", 0.5)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("8GB", 8 * 10**9), ("512mib", 512 * 2**20), ("100", 100), ("1.5 kb", 1500)],
)
def test_amounts_of_memory_are_read(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "dollars"),
    [("2USD", 2.0), ("0.5", 0.5), ("0", 0.0), ("5 cents", 0.05), ("1 usd", 1.0)],
)
def test_amounts_of_money_are_read(text: str, dollars: float) -> None:
    assert parse_dollars(text) == dollars


@pytest.mark.parametrize(
    ("text", "count"), [("50", 50), ("200k", 200_000), ("1.5M", 1_500_000), ("0", 0)]
)
def test_numbers_of_things_are_read(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["2EUR", "-1", "much", "$"])
def test_what_is_no_money_or_number_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="2USD"):
        parse_dollars(text)
    with pytest.raises(QuantityError, match="200k"):
        parse_count(text)


@pytest.mark.parametrize("text", ["", "fast", "-5s", "0", "5 days", "1e3s", "5s5s"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(QuantityError, match="60s"):
        parse_seconds(text)


@given(st.text(alphabet="0123456789.kKmMgGiIbB -+"))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        size = parse_bytes(text)
    except QuantityError:
        size = 0
    assert size >= 0
