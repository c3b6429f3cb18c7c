"""Any body is read as a reply, or refused with one kind of error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from proposers.llm.chat.reply import MalformedReplyError, Usage, read_reply


def body(usage: JsonValue = None, **choice: JsonValue) -> bytes:
    message: JsonValue = {"content": "hello"}
    return json.dumps(
        {"choices": [{"message": message} | choice], "usage": usage}
    ).encode()


def test_tokens_are_those_that_the_server_counted() -> None:
    details: JsonValue = {"cached_tokens": 60}
    usage: dict[str, JsonValue] = {"prompt_tokens": 90, "completion_tokens": 12}

    assert read_reply(body(usage)).usage == Usage(90, 0, 12)
    with_details: JsonValue = {**usage, "prompt_tokens_details": details}
    assert read_reply(body(with_details)).usage == Usage(90, 60, 12)


def test_no_more_can_be_cached_than_was_sent() -> None:
    usage: JsonValue = {
        "prompt_tokens": 9,
        "completion_tokens": 1,
        "prompt_tokens_details": {"cached_tokens": 50},
    }

    assert read_reply(body(usage)).usage == Usage(9, 9, 1)


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
def test_a_count_that_makes_no_sense_is_none(usage: JsonValue) -> None:
    assert read_reply(body(usage)).usage is None


@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("stop", "stop"),
        (None, "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "other"),
    ],
)
def test_a_reply_says_why_it_ended(said: str | None, finish: str) -> None:
    assert read_reply(body(finish_reason=said)).reply.finish == finish


def test_a_refusal_is_kept_apart_from_an_empty_reply() -> None:
    refused = read_reply(body(message={"content": None, "refusal": "no"})).reply
    empty = read_reply(body(message={"content": None, "tool_calls": []})).reply

    assert (refused.text, refused.refusal, refused.is_refused) == ("", "no", True)
    assert (empty.text, empty.refusal, empty.is_refused) == ("", None, False)


def test_a_content_filter_is_a_refusal() -> None:
    assert read_reply(body(finish_reason="content_filter")).reply.is_refused


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
        read_reply(content)

    assert str(caught.value) == "the server's reply is not a chat completion"
    assert caught.value.__context__ is None


@given(st.binary(max_size=200))
def test_no_body_raises_anything_else(content: bytes) -> None:
    with pytest.raises(MalformedReplyError):
        read_reply(content)
