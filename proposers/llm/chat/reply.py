"""Reads the body of a chat completion, however odd the server that wrote it."""

from dataclasses import dataclass

from pydantic import BaseModel, JsonValue, NonNegativeInt, ValidationError

from proposers.llm.chat.messages import ChatReply, Finish

_FINISHES: dict[str | None, Finish] = {
    "stop": "stop",
    None: "stop",
    "length": "length",
    "content_filter": "content_filter",
}


class MalformedReplyError(Exception):
    """Raised when a body with status 200 is no chat completion."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a server counted.

    Attributes:
        sent: In the request, those from the server's cache included.
        cached: Of these, how many came from its cache.
        received: In the reply, with what the model thought.
    """

    sent: int
    cached: int
    received: int

    @property
    def total(self) -> int:
        """Tokens sent and received."""
        return self.sent + self.received


NO_USAGE = Usage(0, 0, 0)


@dataclass(frozen=True, slots=True)
class ReadReply:
    """A reply with what is known about it.

    Attributes:
        reply: The reply.
        usage: What the server counted for it, None if it counts nothing sane.
        is_replayed: Whether it was recorded earlier and cost nothing now.
    """

    reply: ChatReply
    usage: Usage | None
    is_replayed: bool = False


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Body(BaseModel):
    choices: list[_Choice]
    usage: JsonValue = None


class _Details(BaseModel):
    cached_tokens: NonNegativeInt | None = None


class _Usage(BaseModel):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt
    prompt_tokens_details: _Details | None = None


def read_reply(body: bytes) -> ReadReply:
    """Read one reply.

    Args:
        body: The body of the response.

    Raises:
        MalformedReplyError: If there is no message in it.
    """
    parsed = _read_body(body)
    choice = parsed.choices[0]
    reply = ChatReply(
        text=choice.message.content or "",
        finish=_FINISHES.get(choice.finish_reason, "other"),
        refusal=choice.message.refusal or None,
    )
    return ReadReply(reply, _read_usage(parsed.usage))


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


def _read_usage(usage: JsonValue) -> Usage | None:
    try:
        counted = _Usage.model_validate(usage)
    except ValidationError:
        return None
    if counted.prompt_tokens + counted.completion_tokens == 0:
        return None
    details = counted.prompt_tokens_details or _Details()
    cached = min(details.cached_tokens or 0, counted.prompt_tokens)
    return Usage(counted.prompt_tokens, cached, counted.completion_tokens)
