"""Says how a request differs from the most similar of those that were recorded."""

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from pydantic import JsonValue

QUOTED_CHARACTERS = 60


def nearest_difference(
    asked: Mapping[str, JsonValue], kept: Sequence[Mapping[str, JsonValue]]
) -> str:
    """Return, in words, the first difference to the most similar body.

    Args:
        asked: The body that was asked for.
        kept: The bodies that there are answers to.
    """
    if not kept:
        return "nothing was recorded for this address"
    nearest = max(kept, key=lambda body: _likeness(asked, body))
    place, now, then = _first_difference("", dict(asked), dict(nearest))
    if not place:
        return "the same request was recorded fewer times"
    return f"the nearest one differs at {place}: now {now}, then {then}"


def _likeness(one: Mapping[str, JsonValue], other: Mapping[str, JsonValue]) -> float:
    lines = [json.dumps(body, indent=0).replace("\\n", "\n") for body in (one, other)]
    first, second = (text.splitlines() for text in lines)
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _first_difference(
    place: str, now: JsonValue, then: JsonValue
) -> tuple[str, str, str]:
    if now == then:
        return "", "", ""
    if isinstance(now, dict) and isinstance(then, dict):
        for name in sorted(now.keys() | then.keys()):
            if now.get(name) != then.get(name):
                inner = f"{place}.{name}".lstrip(".")
                return _first_difference(inner, now.get(name), then.get(name))
    if isinstance(now, list) and isinstance(then, list):
        for number, (one, other) in enumerate(zip_longest(now, then)):
            if one != other:
                return _first_difference(f"{place}[{number}]", one, other)
    if isinstance(now, str) and isinstance(then, str):
        return _first_line(place, now, then)
    return place, _quoted(now), _quoted(then)


def _first_line(place: str, now: str, then: str) -> tuple[str, str, str]:
    pairs = zip_longest(now.splitlines(), then.splitlines(), fillvalue="")
    for number, (one, other) in enumerate(pairs, start=1):
        if one != other:
            return f"{place}, line {number}", _quoted(one), _quoted(other)
    return place, _quoted(now), _quoted(then)


def _quoted(value: JsonValue) -> str:
    text = json.dumps(value)
    return text if len(text) <= QUOTED_CHARACTERS else f"{text[:QUOTED_CHARACTERS]}..."
