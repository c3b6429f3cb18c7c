"""No key survives redaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.llm.chat.redaction import TEXT_LIMIT_CHARACTERS, redact, without_key


@pytest.mark.parametrize(
    ("said", "redacted"),
    [
        (
            "Incorrect API key provided: abc-123-secret.",
            "Incorrect API key provided: [key].",
        ),
        ("you sent sk-proj-AbC_123-def", "you sent [key]"),
        ("you sent sk-abc****wxyz", "you sent [key]"),
        ("Authorization: bearer tok.en", "Authorization: [key]"),
        ("the risk-free rate", "the risk-free rate"),
    ],
)
def test_keys_and_what_looks_like_one_are_masked(said: str, redacted: str) -> None:
    assert redact(said, "abc-123-secret") == redacted


def test_a_text_is_cut_only_after_it_was_masked() -> None:
    key = "secret-key-of-mine"
    text = redact("x" * (TEXT_LIMIT_CHARACTERS - 5) + key, key)

    assert text == "x" * (TEXT_LIMIT_CHARACTERS - 5) + "[key]"


@given(st.text(), st.text(), st.text(alphabet="abcdefghij-0123456789", min_size=12))
def test_a_key_never_survives(before: str, after: str, key: str) -> None:
    assert key not in redact(before + key + after, key)


def test_an_answer_loses_a_long_key_and_nothing_else() -> None:
    said = "sk-other is kept, my-long-key is not, ollama is a word"

    assert without_key(said, "my-long-key") == said.replace("my-long-key", "[key]")
    assert without_key(said, "ollama") == said
    assert without_key(said, "") == said
