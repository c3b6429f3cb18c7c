"""Answers have the form that was asked for, or the model is asked again."""

from typing import TYPE_CHECKING, Literal

import pytest
from pydantic import Field

from proposers.errors import BudgetExhausted
from proposers.llm.chat.errors import (
    ChatUnavailableError,
    ModelRefusedError,
    NoUsableReplyError,
)
from proposers.llm.chat.extraction import UnusableReplyError
from proposers.llm.chat.messages import ChatMessage, ChatRequest
from proposers.llm.chat.strict_schema import answer_schema
from proposers.llm.chat.structured import ask_for_code, ask_for_model
from proposers.spending import Spent
from schemas.base import Frozen

if TYPE_CHECKING:
    from tests.proposers.llm.scripted_chat import ScriptedChat

QUESTION = ChatRequest(
    (ChatMessage("user", "which family?"),), purpose="strategy", agent="ensembler"
)
GOOD = '{"family": "linear", "depth": 3}'


class Choice(Frozen):
    family: Literal["linear", "forest"]
    depth: int = Field(ge=1, le=9)


async def test_a_valid_answer_comes_with_its_cost(chat: "ScriptedChat") -> None:
    chat.say(f"Here you are:\n```json\n{GOOD}\n```")

    answered = await ask_for_model(chat, QUESTION, Choice)

    assert answered.value == Choice(family="linear", depth=3)
    assert answered.spent == Spent(1, 120, 0.01, 2.0)
    assert chat.requests[0].answer == answer_schema(Choice)
    assert chat.requests[0].messages == QUESTION.messages


async def test_a_wrong_answer_is_asked_for_again_with_what_is_wrong(
    chat: "ScriptedChat",
) -> None:
    chat.say('{"family": "Linear", "depth": 77, "sk-secret": 1}')
    chat.say(GOOD)

    answered = await ask_for_model(chat, QUESTION, Choice)

    assert answered.value.family == "linear"
    assert answered.spent == Spent(2, 240, 0.02, 4.0)
    first, quoted, reason = chat.requests[1].messages
    assert (first, quoted.role) == (QUESTION.messages[0], "assistant")
    assert "family: Input should be 'linear' or 'forest'" in reason.content
    assert "depth: Input should be less than or equal to 9" in reason.content
    assert "77" not in reason.content


async def test_what_no_schema_can_say_is_checked_and_asked_for_again(
    chat: "ScriptedChat",
) -> None:
    def check(choice: Choice) -> None:
        if choice.family == "linear":
            raise UnusableReplyError("linear was tried already")

    chat.say(GOOD)
    chat.say('{"family": "forest", "depth": 2}')

    answered = await ask_for_model(chat, QUESTION, Choice, check)

    assert answered.value.family == "forest"
    assert "linear was tried already" in chat.requests[1].messages[-1].content


async def test_the_third_wrong_answer_is_the_last(chat: "ScriptedChat") -> None:
    for _ in range(3):
        chat.say("I would rather not.")

    with pytest.raises(NoUsableReplyError, match="holds no JSON object") as caught:
        await ask_for_model(chat, QUESTION, Choice)

    assert caught.value.spent.calls == len(chat.requests) == 3


@pytest.mark.parametrize("finish", ["content_filter", "stop"])
async def test_a_refusal_is_not_asked_again(chat: "ScriptedChat", finish: str) -> None:
    if finish == "stop":
        chat.say("", refusal="I cannot help with that")
    else:
        chat.say("", finish="content_filter")

    with pytest.raises(ModelRefusedError) as caught:
        await ask_for_model(chat, QUESTION, Choice)

    assert caught.value.spent.calls == len(chat.requests) == 1


@pytest.mark.parametrize("kind", [BudgetExhausted, ChatUnavailableError])
async def test_an_error_on_the_way_tells_what_was_spent_before_it(
    chat: "ScriptedChat", kind: type[BudgetExhausted] | type[ChatUnavailableError]
) -> None:
    chat.say("nothing")
    chat.fail(kind("that was it", spent=Spent(1, 5, 0.0, 1.0)))

    with pytest.raises(kind) as caught:
        await ask_for_model(chat, QUESTION, Choice)

    assert caught.value.spent == Spent(2, 125, 0.01, 3.0)


async def test_code_is_taken_out_of_its_fence(chat: "ScriptedChat") -> None:
    chat.say("no code here")
    chat.say("```python\nclass Candidate:\n    pass\n```\nGood luck.")

    answered = await ask_for_code(chat, QUESTION, "Candidate")

    assert answered.value == "class Candidate:\n    pass\n"
    assert answered.spent.calls == 2
    assert chat.requests[0].answer is None


async def test_a_shorter_form_of_the_question_gets_the_same_further_turns(
    chat: "ScriptedChat",
) -> None:
    short = (ChatMessage("user", "family?"),)
    chat.say("hm")
    chat.say(GOOD)

    question = ChatRequest(QUESTION.messages, "strategy", "ensembler", shorter=short)
    await ask_for_model(chat, question, Choice)

    again = chat.requests[1]
    assert again.shorter == short + again.messages[1:]
