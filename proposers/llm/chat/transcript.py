"""One call to a model as a text that people read: what was sent, and what came back."""

from collections.abc import Mapping

from pydantic import JsonValue

from proposers.spending import Spent


def call_in_words(
    body: Mapping[str, JsonValue], end: str, answer: str, spent: Spent
) -> str:
    """Write a call down.

    Args:
        body: What was sent.
        end: Why the answer ended, or what went wrong.
        answer: What came back.
        spent: What it took.
    """
    took = f"{spent.tokens} tokens, {spent.money:g} USD, {spent.seconds:.1f} s"
    settings = {k: v for k, v in body.items() if k not in {"messages", "model"}}
    head = f"=== call to {body['model']}: {end}, {took}\n{settings}"
    return "\n\n".join([head, *_turns(body["messages"]), f"--- answer\n{answer}"])


def _turns(messages: JsonValue) -> list[str]:
    turns = messages if isinstance(messages, list) else []
    return [
        f"--- {turn['role']}\n{turn['content']}"
        for turn in turns
        if isinstance(turn, dict)
    ]
