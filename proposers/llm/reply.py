"""Reads the body of a chat completion, however odd the server that wrote it."""

from collections.abc import Sequence
from math import ceil

from pydantic import BaseModel, JsonValue, NonNegativeInt, ValidationError

from proposers.llm.conversation import ChatMessage, ChatReply

BYTES_PER_TOKEN = 3
"""On the safe side: text of most languages has more bytes in a token."""
MESSAGE_OVERHEAD_TOKENS = 8


class MalformedReplyError(Exception):
    """Raised when a body with status 200 is no chat completion."""


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Body(BaseModel):
    choices: list[_Choice]
    usage: JsonValue = None


class _Usage(BaseModel):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt


def read_reply(body: bytes, conversation: Sequence[ChatMessage]) -> ChatReply:
    """Read one reply.

    Args:
        body: The body of the response.
        conversation: What was sent, to estimate tokens if the server counts none.

    Raises:
        MalformedReplyError: If there is no message in it.
    """
    parsed = _read_body(body)
    choice = parsed.choices[0]
    text = choice.message.content or ""
    counted = _counted_tokens(parsed.usage)
    return ChatReply(
        text=text,
        tokens=estimate_tokens(conversation, text) if counted is None else counted,
        is_truncated=choice.finish_reason == "length",
    )


def estimate_tokens(conversation: Sequence[ChatMessage], reply: str = "") -> int:
    """Estimate the tokens of a conversation and its reply from their bytes."""
    sent = sum(len(message.content.encode()) for message in conversation)
    overhead = MESSAGE_OVERHEAD_TOKENS * len(conversation)
    return overhead + ceil((sent + len(reply.encode())) / BYTES_PER_TOKEN)


def _read_body(body: bytes) -> _Body:
    try:
        parsed = _Body.model_validate_json(body)
    except ValidationError:
        # The error of pydantic quotes the body, which may hold anything.
        parsed = _Body(choices=[])
    if not parsed.choices:
        msg = "the server's reply is not a chat completion"
        raise MalformedReplyError(msg)
    return parsed


def _counted_tokens(usage: JsonValue) -> int | None:
    try:
        counted = _Usage.model_validate(usage)
    except ValidationError:
        return None
    return counted.prompt_tokens + counted.completion_tokens or None
