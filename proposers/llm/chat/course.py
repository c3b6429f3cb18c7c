"""The course of one request over all its sendings."""

from dataclasses import dataclass, replace

from pydantic import JsonValue

from proposers.llm.chat.dialect import Dialect, request_body
from proposers.llm.chat.estimate import sent_tokens
from proposers.llm.chat.messages import ChatReply, ChatRequest
from proposers.llm.chat.reply import Usage
from proposers.spending import NOTHING_SPENT, Spent

FEWEST_LIMIT_TOKENS = 256
SHRINK_FACTOR = 4


@dataclass(slots=True)
class Course:
    """What is known about a request while it is under way.

    Attributes:
        request: What is asked.
        model: Name of the model on its server.
        dialect: How it is asked next.
        limit_tokens: Longest reply.
        seconds_left: Time that is left for waiting on the server.
        spent: What the sendings so far took.
        sendings: How often it was sent.
        failures: How many of these failed in a way that may pass.
        has_grown: Whether it was given more room after a reply that was cut off.
        has_shrunk: Whether it was cut after it was found too long.
    """

    request: ChatRequest
    model: str
    dialect: Dialect
    limit_tokens: int
    seconds_left: float
    spent: Spent = NOTHING_SPENT
    sendings: int = 0
    failures: int = 0
    has_grown: bool = False
    has_shrunk: bool = False

    def body(self) -> dict[str, JsonValue]:
        """Return what is sent next."""
        return request_body(self.request, self.model, self.limit_tokens, self.dialect)

    def most_usage(self) -> Usage:
        """Return the most tokens that the next sending can take, as an estimate."""
        sent = sent_tokens(self.request.messages, self.request.answer)
        return Usage(sent, 0, self.limit_tokens)

    def grow(self, reply: ChatReply) -> bool:
        """Double the room for a reply that was cut off, once; say whether to send again."""
        if not reply.is_truncated or self.has_grown:
            return False
        self.limit_tokens *= 2
        self.has_grown = True
        return True

    def shrink(self) -> bool:
        """Leave out context and room for the reply, once; say whether to send again."""
        shorter = self.request.shorter or self.request.messages
        fewest = min(self.limit_tokens, FEWEST_LIMIT_TOKENS)
        limit_tokens = max(fewest, self.limit_tokens // SHRINK_FACTOR)
        is_smaller = (
            shorter != self.request.messages or limit_tokens < self.limit_tokens
        )
        if self.has_shrunk or not is_smaller:
            return False
        self.request = replace(self.request, messages=shorter)
        self.limit_tokens = limit_tokens
        self.has_grown = self.has_shrunk = True
        return True
