"""JSON is found where models put it, and never mended."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.llm.chat.extraction import UnusableReplyError
from proposers.llm.chat.json_answer import ANSWER_LIMIT_CHARACTERS, extract_object


@pytest.mark.parametrize(
    "reply",
    [
        '{"a": "}"}',
        '\ufeff{"a": "}"}',
        '```json\n{"a": "}"}\n```',
        '~~~\n{"a": "}"}\n~~~\nHope this helps {you}.',
        'Sure! {"a": "}"} and a word more',
        'Sure! {"a": "}"} or {"a": "other"}',
        '<think>maybe {"a": "x"}?</think>{"a": "}"}',
        'maybe {"a": "x"}?</think>\n\n{"a": "}"}',
        '[1, 2] {"a": "}"}',
        '```json\n{"a": "}"}',
    ],
)
def test_the_object_is_found(reply: str) -> None:
    assert extract_object(reply) == {"a": "}"}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "no JSON object"),
        ("nothing at all", "no JSON object"),
        ('["a"]', "no JSON object"),
        ('{"a": 1,}', "not valid JSON"),
        ("{'a': 1}", "not valid JSON"),
        ('{"a": "cut of', "not valid JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "NaN and Infinity"),
        ('{"a": -Infinity}', "NaN and Infinity"),
        ('{"a": 1e999}', "too large"),
        ('{"a":' * 50_000, "longer than"),
        ('{"a":' * 15_000, "not valid JSON"),
        ("{" + " " * ANSWER_LIMIT_CHARACTERS + "}", "longer than"),
    ],
)
def test_what_is_no_sound_json_is_refused_with_the_reason(
    reply: str, reason: str
) -> None:
    with pytest.raises(UnusableReplyError, match=reason):
        extract_object(reply)


# Thoughts are passed over wherever they stand.
words = st.text().filter(lambda text: "think>" not in text)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    max_leaves=8,
)


@given(
    st.dictionaries(words, values, max_size=3),
    st.text(alphabet="abc \n", max_size=20),
)
def test_any_object_among_prose_comes_back(
    content: dict[str, object], prose: str
) -> None:
    assert extract_object(f"{prose}{json.dumps(content)}{prose}") == content


@given(st.text())
def test_no_reply_raises_anything_else(reply: str) -> None:
    with contextlib.suppress(UnusableReplyError):
        extract_object(reply)
