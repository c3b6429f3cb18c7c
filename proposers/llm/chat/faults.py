"""What can go wrong with one sending, and what each kind of fault means."""

from dataclasses import dataclass
from enum import Enum

import httpx2
import openai

from proposers.llm.chat.errors import CassetteMissError
from proposers.llm.chat.reply import MalformedReplyError

RequestError = openai.APIError | MalformedReplyError | TimeoutError | CassetteMissError
"""All that a request is known to raise."""


class Fault(Enum):
    """Kinds of faults.

    Attributes:
        words: What is told about it where the server said nothing.
        is_retried: Whether the same request may go better next time.
        may_be_billed: Whether the server may charge for it all the same.
    """

    NO_CREDIT = ("no credit left", False, False)
    TOO_LONG = ("too long for the model's context", False, False)
    REFUSED = ("refused", False, False)
    BUSY = ("too many requests", True, False)
    BROKEN = ("the server failed", True, False)
    UNREACHABLE = ("no connection", True, False)
    BROKEN_OFF = ("the connection broke off", True, True)
    LATE = ("no reply in time", True, True)
    MALFORMED = ("the server's reply is not a chat completion", True, True)

    def __init__(self, words: str, is_retried: bool, may_be_billed: bool) -> None:
        self.words = words
        self.is_retried = is_retried
        self.may_be_billed = may_be_billed


@dataclass(frozen=True, slots=True)
class _Rule:
    fault: Fault
    statuses: frozenset[int]
    words: tuple[str, ...] = ()

    def fits(self, status: int, said: str) -> bool:
        is_said = not self.words or any(word in said for word in self.words)
        return status in self.statuses and is_said


_SERVER_ERRORS = frozenset(range(500, 600))
_OVERFLOW_WORDS = (
    "context_length_exceeded",
    "context length",
    "context size",
    "context window",
    "maximum context",
    "prompt is too long",
)
_RULES = (
    _Rule(Fault.NO_CREDIT, frozenset({402})),
    _Rule(Fault.NO_CREDIT, frozenset({403, 429}), ("insufficient_quota",)),
    _Rule(Fault.TOO_LONG, frozenset({400, 413, 422, 500}), _OVERFLOW_WORDS),
    _Rule(Fault.BUSY, frozenset({429})),
    _Rule(Fault.BROKEN, frozenset({408, 409}) | _SERVER_ERRORS),
)
"""The first that fits counts; whatever none fits is refused for good."""

_NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


def classify(error: RequestError) -> Fault:
    """Say what kind of fault an error is."""
    match error:
        case openai.APIStatusError():
            said = f"{error.code} {error}".lower()
            for rule in _RULES:
                if rule.fits(error.status_code, said):
                    return rule.fault
            return Fault.REFUSED
        case openai.APIConnectionError() if isinstance(error.__cause__, _NOT_CONNECTED):
            return Fault.UNREACHABLE
        case openai.APITimeoutError() | TimeoutError():
            return Fault.LATE
        case openai.APIConnectionError():
            return Fault.BROKEN_OFF
        case MalformedReplyError():
            return Fault.MALFORMED
        case _:
            return Fault.REFUSED
