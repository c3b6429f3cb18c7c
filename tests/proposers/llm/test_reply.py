"""Any body is read as a reply, or refused with one kind of error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from proposers.llm.conversation import ChatMessage
from proposers.llm.reply import MalformedReplyError, estimate_tokens, read_reply

SENT = (ChatMessage("user", "x" * 300),)


def body(usage: JsonValue = None, **choice: JsonValue) -> bytes:
    message: JsonValue = {"content": "hello"}
    return json.dumps(
        {"choices": [{"message": message} | choice], "usage": usage}
    ).encode()


def test_tokens_are_those_that_the_server_counted() -> None:
    usage: JsonValue = {"prompt_tokens": 90, "completion_tokens": 12, "cached": {}}

    assert read_reply(body(usage), SENT).tokens == 102


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": -5, "completion_tokens": 3},
        {"prompt_tokens": 0, "completion_tokens": 0},
        "many",
    ],
)
def test_tokens_are_estimated_where_the_server_counts_none(usage: JsonValue) -> None:
    assert read_reply(body(usage), SENT).tokens == estimate_tokens(SENT, "hello") == 110


def test_a_reply_that_was_cut_off_says_so() -> None:
    assert read_reply(body(finish_reason="length"), SENT).is_truncated
    assert not read_reply(body(finish_reason="stop"), SENT).is_truncated


def test_a_refusal_is_an_empty_reply() -> None:
    message: JsonValue = {"content": None, "refusal": "no"}

    assert read_reply(body(message=message), SENT).text == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>busy</html>",
        b'{"choices": [{"message": {"content": "cut',
        b'{"error": {"message": "sk-secret-12345678"}}',
        b'{"choices": null}',
        b'{"choices": []}',
        b'{"choices": [{"message": null}]}',
        b"[" * 100_000,
    ],
)
def test_a_body_without_a_message_is_refused_and_not_quoted(content: bytes) -> None:
    with pytest.raises(MalformedReplyError) as caught:
        read_reply(content, SENT)

    assert str(caught.value) == "the server's reply is not a chat completion"
    assert caught.value.__context__ is None


@given(st.binary(max_size=200))
def test_no_body_raises_anything_else(content: bytes) -> None:
    with pytest.raises(MalformedReplyError):
        read_reply(content, SENT)
