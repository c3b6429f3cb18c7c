"""What goes to a model and what comes back, as plain values."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatReply:
    """A model's answer.

    Attributes:
        text: What it wrote; empty if it refused or wrote nothing.
        tokens: Tokens sent and received, estimated if the server does not say.
        is_truncated: Whether it was cut off at the limit of tokens.
    """

    text: str
    tokens: int
    is_truncated: bool
