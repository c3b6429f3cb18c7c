"""Takes a JSON object out of a reply; strict, because mending would invent data."""

import json
import math
from collections.abc import Iterator

from pydantic import JsonValue

from proposers.llm.chat.extraction import (
    UnusableReplyError,
    fenced_blocks,
    without_thinking,
)

ANSWER_LIMIT_CHARACTERS = 100_000
_BYTE_ORDER_MARK = "\ufeff"


class _Unsound(ValueError):
    """JSON that means different things to different readers."""


def extract_object(reply: str) -> dict[str, JsonValue]:
    """Return the first JSON object of a reply: alone, in a fence, or among prose.

    Args:
        reply: What the model wrote; `<think>` blocks are passed over.

    Raises:
        UnusableReplyError: If there is none, with the reason.
    """
    text = without_thinking(reply).replace(_BYTE_ORDER_MARK, "").strip()
    if len(text) > ANSWER_LIMIT_CHARACTERS:
        raise UnusableReplyError(
            f"the answer is longer than {ANSWER_LIMIT_CHARACTERS} characters"
        )
    reason = "the answer holds no JSON object"
    for candidate in _candidates(text):
        try:
            found = _parse(candidate)
        except _Unsound as error:
            raise UnusableReplyError(str(error)) from None
        except (ValueError, RecursionError):
            if "{" in candidate:
                reason = "the answer is not valid JSON"
            continue
        if isinstance(found, dict):
            return found
    raise UnusableReplyError(reason)


def _candidates(text: str) -> Iterator[str]:
    yield text
    for block in fenced_blocks(text):
        if block.is_closed:
            yield block.text
    start = text.find("{")
    if start >= 0:
        yield text[start : _end_of_object(text, start)]


def _end_of_object(text: str, start: int) -> int:
    """Where the object that opens at `start` closes; the text's end if it does not."""
    depth, is_quoted, is_escaped = 0, False, False
    for position in range(start, len(text)):
        character = text[position]
        if is_quoted:
            is_quoted = is_escaped or character != '"'
            is_escaped = character == "\\" and not is_escaped
        elif character == '"':
            is_quoted = True
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return position + 1
    return len(text)


def _parse(text: str) -> JsonValue:
    found: JsonValue = json.loads(
        text,
        object_pairs_hook=_without_duplicates,
        parse_constant=_no_constant,
        parse_float=_finite,
    )
    return found


def _without_duplicates(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unsound("a key stands twice in one object of the answer")
    return found


def _no_constant(_: str) -> float:
    raise _Unsound("NaN and Infinity are no JSON; give a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Unsound("a number of the answer is too large")
    return number
