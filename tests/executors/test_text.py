"""Text from workers is made harmless."""

from hypothesis import given
from hypothesis import strategies as st

from executors.text import printable, shortened


@given(text=st.text(), limit=st.integers(0, 50))
def test_printable_text_is_short_and_holds_no_control_characters(
    text: str, limit: int
) -> None:
    clean = printable(text, limit)

    assert len(clean) <= limit
    assert all(c.isprintable() or c in "\n\t" for c in clean)
    clean.encode()


@given(text=st.text(max_size=300), limit=st.integers(40, 200))
def test_shortened_text_keeps_start_and_end(text: str, limit: int) -> None:
    short = shortened(text, limit)

    assert len(short) == min(limit, len(text))
    assert text.startswith(short[: limit // 4])
    assert text.endswith(short[-limit // 4 :])
