"""Puts one question of each kind to a model, so that a whole round can be recorded."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from proposers.llm.chat.errors import NoUsableReplyError
from proposers.llm.chat.messages import (
    ChatBackend,
    ChatMessage,
    ChatReply,
    ChatRequest,
)
from proposers.llm.chat.strict_schema import answer_schema
from proposers.llm.chat.structured import Answered, ask_for_code, ask_for_model
from proposers.spending import NOTHING_SPENT, Spent
from schemas.base import Frozen

SYSTEM = ChatMessage("system", "You choose models for tables. Be brief.")
TOO_MANY_WORDS = 6_000


class Linear(Frozen):
    family: Literal["linear"]
    penalty: float = Field(ge=0.01, le=100)


class Forest(Frozen):
    family: Literal["forest"]
    trees: int = Field(ge=10, le=500)
    depth: Literal[2, 4, 8]


class Plan(Frozen):
    reason: str = Field(max_length=60)
    model: Annotated[Linear | Forest, Field(discriminator="family")]
    is_scaled: bool


class Color(Frozen):
    color: Literal["red", "green", "blue", "black", "white", "pink", "gold", "gray"]


@dataclass(frozen=True)
class Surveyed:
    """What came of the questions.

    Attributes:
        plan: A typed answer.
        colors: Two answers to one question with one seed.
        cut: An answer that has no room.
        shortened: An answer to a question that was too long at first.
        code: Source in a fence, or None if there was none.
        spent: What all of it took.
    """

    plan: Answered[Plan]
    colors: tuple[str, str]
    cut: ChatReply
    shortened: ChatReply
    code: str | None
    spent: Spent


async def survey(chat: ChatBackend) -> Surveyed:
    plan = await ask_for_model(
        chat, _question("Which model suits 500 rows? Answer in JSON.", 150), Plan
    )
    colors = [
        await ask_for_model(
            chat, _question("Name any color, in JSON.", 40, temperature=1.0), Color
        )
        for _ in range(2)
    ]
    cut = await chat.complete(_question("Tell a long story about a tree.", 8))
    shortened = await chat.complete(
        ChatRequest(
            (SYSTEM, ChatMessage("user", "word " * TOO_MANY_WORDS)),
            purpose="long",
            agent="tests",
            answer=answer_schema(Color),
            limit_tokens=40,
            seed=7,
            shorter=(SYSTEM, ChatMessage("user", "Name a color, in JSON.")),
        )
    )
    code, took = await _write(chat)
    spent = plan.spent + cut.spent + shortened.spent + took
    for color in colors:
        spent += color.spent
    first, second = (color.text for color in colors)
    return Surveyed(plan, (first, second), cut, shortened, code, spent)


async def _write(chat: ChatBackend) -> tuple[str | None, Spent]:
    question = _question(
        "Copy this and nothing else:\n```python\nclass Candidate:\n    pass\n```", 60
    )
    try:
        answered = await ask_for_code(chat, question, "Candidate")
    except NoUsableReplyError as error:
        return None, NOTHING_SPENT + error.spent
    return answered.value, answered.spent


def _question(
    text: str, limit_tokens: int, temperature: float | None = 0.0
) -> ChatRequest:
    return ChatRequest(
        (SYSTEM, ChatMessage("user", text)),
        purpose="survey",
        agent="tests",
        limit_tokens=limit_tokens,
        temperature=temperature,
        seed=7,
    )
