"""Text of unknown origin cannot steer a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.console_text import clean_text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("two\r\nlines", "two lines"),
        ("bell\a and \x9b31m", "bell and 31m"),
        ("abc\u202edef", "abcdef"),
        ("zero\u200bwidth", "zerowidth"),
        ("line\u2028break", "line break"),
        ("Größe 東京 😀", "Größe 東京 😀"),
    ],
)
def test_control_and_format_characters_do_not_get_through(
    dirty: str, clean: str
) -> None:
    assert clean_text(dirty) == clean


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert clean_text("x" * 50, limit=10) == "xxxxxxx..."


@given(st.text(max_size=300), st.integers(min_value=4, max_value=80))
def test_the_result_is_one_visible_line_within_the_limit(text: str, limit: int) -> None:
    cleaned = clean_text(text, limit)

    assert len(cleaned) <= limit
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in cleaned)
    assert len(cleaned.splitlines()) <= 1
