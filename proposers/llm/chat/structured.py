"""Answers in a form that was asked for: a pydantic model as JSON, or code in a fence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from proposers.errors import ProposerError
from proposers.llm.chat.again import CHANCES, ask_again
from proposers.llm.chat.errors import ModelRefusedError, NoUsableReplyError
from proposers.llm.chat.extraction import UnusableReplyError, extract_source
from proposers.llm.chat.json_answer import extract_object
from proposers.llm.chat.messages import ChatBackend, ChatReply, ChatRequest
from proposers.llm.chat.strict_schema import answer_schema
from proposers.spending import NOTHING_SPENT, Spent

ERRORS_LISTED = 6

Value = TypeVar("Value")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answered(Generic[Value]):
    """An answer that can be used.

    Attributes:
        value: What was asked for.
        text: The reply that it was read from.
        spent: What all attempts took.
    """

    value: Value
    text: str
    spent: Spent


async def ask_for_model(
    chat: ChatBackend,
    request: ChatRequest,
    model: type[Model],
    check: Callable[[Model], None] | None = None,
) -> Answered[Model]:
    """Ask for a JSON object that a pydantic model accepts.

    Args:
        chat: Who is asked.
        request: The question; its `answer` is set here.
        model: What the answer must be, see `strict_schema` for what it may hold.
        check: Raises `UnusableReplyError` for what no schema can say; the model is asked
            again with that reason.

    Raises:
        NoUsableReplyError: If no attempt brought a valid answer; retryable.
        ModelRefusedError: If the model will not answer.
        BudgetExhausted: If a call could cost more than is left.
        LlmError: If the server gave no answer.
    """

    def read(text: str) -> Model:
        found = extract_object(text)
        try:
            return model.model_validate(found)
        except ValidationError as error:
            raise UnusableReplyError(list_errors(error)) from None

    asked = replace(request, answer=answer_schema(model))
    return await _ask(chat, asked, read, check)


async def ask_for_code(
    chat: ChatBackend,
    request: ChatRequest,
    class_name: str,
    check: Callable[[str], None] | None = None,
) -> Answered[str]:
    """Ask for Python source in a fence that defines a class at its top level.

    Args:
        chat: Who is asked.
        request: The question.
        class_name: The class.
        check: Raises `UnusableReplyError` for a source that cannot be used all the same.

    Raises:
        NoUsableReplyError: If no attempt brought usable code; retryable.
        ModelRefusedError: If the model will not answer.
        BudgetExhausted: If a call could cost more than is left.
        LlmError: If the server gave no answer.
    """

    def read(text: str) -> str:
        return extract_source(text, class_name)

    return await _ask(chat, request, read, check)


def list_errors(error: ValidationError) -> str:
    """Say what is wrong where, without a value that was given."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    listed = [
        f"{'.'.join(map(str, item['loc'])) or 'the answer'}: {item['msg']}"
        for item in found[:ERRORS_LISTED]
    ]
    if len(found) > ERRORS_LISTED:
        listed.append(f"and {len(found) - ERRORS_LISTED} more")
    return "; ".join(listed)


async def _ask(
    chat: ChatBackend,
    request: ChatRequest,
    read: Callable[[str], Value],
    check: Callable[[Value], None] | None,
) -> Answered[Value]:
    spent = NOTHING_SPENT
    reason = ""
    for _ in range(CHANCES):
        reply = await _complete(chat, request, spent)
        spent += reply.spent
        if reply.is_refused:
            raise ModelRefusedError("the model will not answer this", spent=spent)
        try:
            value = read(reply.text)
            if check is not None:
                check(value)
        except UnusableReplyError as error:
            reason = str(error)
        else:
            return Answered(value, reply.text, spent)
        request = ask_again(request, reply, reason)
    raise NoUsableReplyError(f"no answer could be used: {reason}", spent=spent)


async def _complete(
    chat: ChatBackend, request: ChatRequest, before: Spent
) -> ChatReply:
    """Complete a conversation; an error tells what was spent before it, too."""
    try:
        return await chat.complete(request)
    except ProposerError as error:
        error.spent += before
        raise
