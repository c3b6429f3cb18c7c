"""Asks a language model one small question and says what came of it."""

import time
from collections.abc import Mapping
from pathlib import Path

from engine.finding import Finding
from proposers.errors import ProposerError
from proposers.llm.chat.dialect import Rung
from proposers.llm.chat.extraction import UnusableReplyError
from proposers.llm.chat.json_answer import extract_object
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from proposers.llm.chat.opening import ChatOptions, Opened, open_chat
from proposers.llm.chat.strict_schema import answer_schema
from schemas.base import Frozen

QUESTION_LIMIT_TOKENS = 64
QUESTION = 'Say that you are ready: answer with the JSON object {"is_ready": true}.'
RUNG_WORDS = {
    Rung.JSON_SCHEMA: "JSON by schema",
    Rung.JSON_OBJECT: "JSON, with the schema in the prompt",
    Rung.PLAIN_TEXT: "plain text, with the schema in the prompt",
}


class Readiness(Frozen):
    """The answer to the small question."""

    is_ready: bool


async def examine_model(
    options: ChatOptions, environment: Mapping[str, str], folder: Path
) -> list[Finding]:
    """Make one small call.

    Args:
        options: What was said on the command line.
        environment: Environment variables.
        folder: The working folder.
    """
    try:
        opened = open_chat(options, environment, folder)
    except ProposerError as error:
        return [Finding("model", "access", str(error), "bad")]
    async with opened.client:
        return [
            Finding("model", "server", opened.access.base_url, "good"),
            Finding("model", "model", opened.access.model, "good"),
            _price(opened),
            *await _ask(opened),
        ]


def _price(opened: Opened) -> Finding:
    price = opened.prices.get(opened.access.model)
    if price is None:
        state = "unknown: a budget in money would be refused, money is not counted"
        return Finding("model", "price", state, "missing")
    state = f"{price.sent:g} USD sent, {price.received:g} USD received, per million"
    return Finding("model", "price", f"{state} tokens", "good")


async def _ask(opened: Opened) -> list[Finding]:
    question = ChatRequest(
        (ChatMessage("user", QUESTION),),
        purpose="doctor",
        agent="doctor",
        answer=answer_schema(Readiness),
        limit_tokens=QUESTION_LIMIT_TOKENS,
    )
    started = time.monotonic()
    try:
        reply = await opened.client.complete(question)
    except ProposerError as error:
        return [Finding("model", "answer", str(error), "bad")]
    seconds = time.monotonic() - started
    try:
        Readiness.model_validate(extract_object(reply.text))
    except (UnusableReplyError, ValueError):
        state = f"after {seconds:.1f} s, but not in the form that was asked for"
        return [Finding("model", "answer", state, "bad")]
    way = RUNG_WORDS[opened.client.dialect("doctor").rung]
    took = f"after {seconds:.1f} s, {reply.spent.tokens} tokens"
    return [
        Finding("model", "form", way, "good"),
        Finding("model", "answer", took, "good"),
    ]
