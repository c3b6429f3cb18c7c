"""Durations and amounts of memory as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.quantities import QuantityError, parse_bytes, parse_seconds


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
