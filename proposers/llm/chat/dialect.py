"""How a server wants to be asked: found out by asking, then remembered."""

import json
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache
from pathlib import Path
from string import Template

from pydantic import JsonValue

from proposers.llm.chat.messages import AnswerSchema, ChatMessage, ChatRequest

_FORM = Path(__file__).parent / "prompts" / "form.md"


class Rung(IntEnum):
    """Ways to get JSON from a server; each works on more servers than the one before."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    PLAIN_TEXT = 2


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server was found to understand.

    Attributes:
        rung: How it is asked for JSON.
        is_limit_renamed: Whether it wants `max_completion_tokens` for `max_tokens`.
        takes_temperature: Whether a temperature may be named.
        takes_seed: Whether a seed may be named.
    """

    rung: Rung = Rung.JSON_SCHEMA
    is_limit_renamed: bool = False
    takes_temperature: bool = True
    takes_seed: bool = True

    def joined_with(self, other: "Dialect") -> "Dialect":
        """Return what holds where both were found out, by requests side by side."""
        return Dialect(
            max(self.rung, other.rung),
            self.is_limit_renamed or other.is_limit_renamed,
            self.takes_temperature and other.takes_temperature,
            self.takes_seed and other.takes_seed,
        )


def request_body(
    request: ChatRequest, model: str, limit_tokens: int, dialect: Dialect
) -> dict[str, JsonValue]:
    """Return the JSON body of a request as a server of this dialect wants it."""
    messages = request.messages
    if request.answer is not None and dialect.rung > Rung.JSON_SCHEMA:
        messages = _with_form(messages, request.answer)
    limit = "max_completion_tokens" if dialect.is_limit_renamed else "max_tokens"
    body: dict[str, JsonValue] = {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in messages],
        limit: limit_tokens,
    }
    if request.temperature is not None and dialect.takes_temperature:
        body["temperature"] = request.temperature
    if request.seed is not None and dialect.takes_seed:
        body["seed"] = request.seed
    if request.answer is not None:
        body |= _response_format(request.answer, dialect.rung)
    return body


def adapted(
    dialect: Dialect, body: dict[str, JsonValue], status: int, said: str
) -> Dialect | None:
    """Return how to ask instead, or None if no other way is known to help.

    Args:
        dialect: How it was asked.
        body: What was sent.
        status: HTTP status of the refusal.
        said: The server's words.
    """
    words = said.lower()
    is_refusal = status in {400, 422}
    if is_refusal and "max_completion_tokens" in words and "max_tokens" in body:
        return replace(dialect, is_limit_renamed=True)
    if is_refusal and "temperature" in words and "temperature" in body:
        return replace(dialect, takes_temperature=False)
    if is_refusal and "seed" in words and "seed" in body:
        return replace(dialect, takes_seed=False)
    is_format_named = any(word in words for word in _FORMAT_WORDS)
    if "response_format" in body and (is_refusal or is_format_named):
        return replace(dialect, rung=Rung(dialect.rung + 1))
    return None


_FORMAT_WORDS = ("response_format", "json_schema", "json schema", "json_object")


def _response_format(answer: AnswerSchema, rung: Rung) -> dict[str, JsonValue]:
    match rung:
        case Rung.JSON_SCHEMA:
            named: JsonValue = {
                "name": answer.name,
                "strict": True,
                "schema": dict(answer.schema),
            }
            return {"response_format": {"type": "json_schema", "json_schema": named}}
        case Rung.JSON_OBJECT:
            return {"response_format": {"type": "json_object"}}
        case Rung.PLAIN_TEXT:
            return {}


def _with_form(
    messages: tuple[ChatMessage, ...], answer: AnswerSchema
) -> tuple[ChatMessage, ...]:
    """Say in the last turn what form the answer has."""
    last = messages[-1]
    form = _form().substitute(schema=json.dumps(answer.schema))
    return (*messages[:-1], ChatMessage(last.role, f"{last.content}\n\n{form}"))


@cache
def _form() -> Template:
    return Template(_FORM.read_text(encoding="utf-8").strip())
