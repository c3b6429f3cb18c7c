"""Fingerprints of sources."""

from hypothesis import given
from hypothesis import strategies as st

from proposers.fingerprint import fingerprint

SOURCE = '"""Doc."""\n\n\ndef f(x):\n    """Doc."""\n    return x + 1  # why\n'


def test_docstrings_comments_and_layout_do_not_count() -> None:
    assert fingerprint(SOURCE) == fingerprint("def f( x ):\n  return (x+1)")


def test_another_constant_counts() -> None:
    assert fingerprint(SOURCE) != fingerprint(SOURCE.replace("+ 1", "+ 2"))


def test_a_string_that_is_no_docstring_counts() -> None:
    assert fingerprint("x = 'a'") != fingerprint("x = 'b'")


@given(st.text())
def test_any_text_has_a_fingerprint_of_its_own_kind(text: str) -> None:
    assert len(fingerprint(text)) == 32
    assert fingerprint(text) == fingerprint(text)
