"""Estimates tokens from bytes, on the safe side, where nobody counts them."""

import json
from collections.abc import Sequence
from math import ceil

from proposers.llm.chat.messages import AnswerSchema, ChatMessage
from proposers.llm.chat.reply import Usage

BYTES_PER_TOKEN = 3
"""Text of most languages has more bytes in a token."""
MESSAGE_OVERHEAD_TOKENS = 8
IMPLAUSIBLE_RATIO = 10
"""A server that counts ten times what can have been sent or received counts wrongly."""


def text_tokens(text: str) -> int:
    """Estimate the tokens of a text."""
    return ceil(len(text.encode(errors="surrogatepass")) / BYTES_PER_TOKEN)


def sent_tokens(messages: Sequence[ChatMessage], answer: AnswerSchema | None) -> int:
    """Estimate the tokens of a conversation and of the schema that goes with it."""
    written = sum(text_tokens(message.content) for message in messages)
    schema = 0 if answer is None else text_tokens(json.dumps(answer.schema))
    return written + schema + MESSAGE_OVERHEAD_TOKENS * len(messages)


def plausible_usage(counted: Usage | None, most: Usage, text: str) -> Usage:
    """Return what a server counted, or an estimate where that cannot be.

    Args:
        counted: What the server says, None if nothing.
        most: Estimate of what was sent, and the limit of what may be received.
        text: The reply.
    """
    estimated = Usage(most.sent, 0, text_tokens(text))
    if counted is None:
        return estimated
    is_plausible = (
        counted.sent <= IMPLAUSIBLE_RATIO * most.sent
        and counted.received <= IMPLAUSIBLE_RATIO * most.received
    )
    return counted if is_plausible else estimated
