"""Asks a model once more, with the reason why its answer cannot be used."""

from functools import cache
from pathlib import Path
from string import Template

from proposers.llm.chat.messages import ChatMessage, ChatReply, ChatRequest

CHANCES = 3
"""The answer itself, and two more after the reason why the last one cannot be used."""
QUOTED_CHARACTERS = 20_000
REASON_LIMIT_CHARACTERS = 1_000
_PROMPT = Path(__file__).parent / "prompts" / "again.md"


def ask_again(request: ChatRequest, reply: ChatReply, reason: str) -> ChatRequest:
    """Return the request with the unusable reply and the reason as further turns.

    Args:
        request: What was asked.
        reply: What cannot be used.
        reason: Why, in words of ours; it quotes nothing that the model did not write.
    """
    quoted = reply.text[:QUOTED_CHARACTERS] or "(no answer)"
    text = _prompt().substitute(reason=_plain(reason))
    return request.followed_by(
        ChatMessage("assistant", quoted), ChatMessage("user", text)
    )


def _plain(reason: str) -> str:
    """One printable paragraph that opens no tag of the prompt's."""
    line = " ".join(reason.split())[:REASON_LIMIT_CHARACTERS]
    return line.replace("<", "(").replace(">", ")")


@cache
def _prompt() -> Template:
    return Template(_PROMPT.read_text(encoding="utf-8").strip())
