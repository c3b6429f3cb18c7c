"""What goes to a model and what comes back, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from pydantic import JsonValue

from proposers.bill import Bill
from proposers.spending import NOTHING_SPENT, Spent

DEFAULT_LIMIT_TOKENS = 6_000

Finish = Literal["stop", "length", "content_filter", "other"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """The JSON that an answer must be.

    Attributes:
        name: What servers call it: letters, digits, `_` and `-`, at most 64.
        schema: JSON Schema in the strict subset, see `strict_schema`.
    """

    name: str
    schema: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model.

    Attributes:
        messages: The turns so far; what stays the same stands first.
        purpose: Kind of the ask (`draft`, `repair`); it may have a model of its own.
        agent: Who asks, and whose budget pays.
        answer: The JSON that is wanted, or None for free text.
        limit_tokens: Longest reply.
        temperature: How freely tokens are drawn, or None for the server's own choice.
        seed: Seed of those draws, where the server knows one.
        shorter: The same turns with less context, sent once instead if the server finds
            `messages` too long; None if there is nothing to leave out.
        bill: Told of each sending, before and after it.
    """

    messages: tuple[ChatMessage, ...]
    purpose: str
    agent: str
    answer: AnswerSchema | None = None
    limit_tokens: int = DEFAULT_LIMIT_TOKENS
    temperature: float | None = None
    seed: int | None = None
    shorter: tuple[ChatMessage, ...] | None = None
    bill: Bill | None = None

    def followed_by(self, *turns: ChatMessage) -> "ChatRequest":
        """Return the request with more turns at its end."""
        shorter = None if self.shorter is None else self.shorter + turns
        return replace(self, messages=self.messages + turns, shorter=shorter)


@dataclass(frozen=True, slots=True)
class ChatReply:
    """A model's answer.

    Attributes:
        text: What it wrote; empty if it refused or wrote nothing.
        finish: Why it stopped; `length` if it was cut off at the limit of tokens.
        refusal: Why it will not answer, in its words, or None.
        spent: What all sendings of the request took.
    """

    text: str
    finish: Finish = "stop"
    refusal: str | None = None
    spent: Spent = NOTHING_SPENT

    @property
    def is_truncated(self) -> bool:
        """Whether the text ends where the limit of tokens cut it."""
        return self.finish == "length"

    @property
    def is_refused(self) -> bool:
        """Whether the model or a filter of its server will not answer."""
        return self.refusal is not None or self.finish == "content_filter"


class ChatBackend(Protocol):
    """Whatever answers chat requests: a server, or a script in tests."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Have a model say the next turn.

        Raises:
            BudgetExhausted: If the request could cost more than is left.
            LlmError: If there is no answer; it says what the request took.
        """
        ...
