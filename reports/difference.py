"""Where a replay parted from its journal, for people."""

import json
from collections.abc import Iterator, Sequence

from schemas.envelope import Envelope

LONGEST_VALUE_CHARACTERS = 160
PARENTS_SHOWN = 8


def render_difference(
    expected: Envelope | None, actual: Envelope | None, parents: Sequence[int]
) -> str:
    """List the fields that differ, and the chain of events that led there.

    Args:
        expected: What the journal holds.
        actual: What the code says now.
        parents: Sequence numbers from the event up to its first input.
    """
    lines = list(_fields(_flat(expected), _flat(actual)))
    if parents:
        chain = " <- ".join(str(parent) for parent in parents[:PARENTS_SHOWN])
        lines.append(f"  because of event {chain}")
    return "\n".join(lines)


def _flat(event: Envelope | None) -> dict[str, str]:
    if event is None:
        return {}
    content = event.model_dump(mode="json", exclude={"chain", "t", "v"})
    body = content.pop("body")
    content |= {f"body.{name}": value for name, value in body.items()}
    return {name: _short(value) for name, value in content.items()}


def _short(value: object) -> str:
    text = json.dumps(value)
    if len(text) <= LONGEST_VALUE_CHARACTERS:
        return text
    return f"{text[:LONGEST_VALUE_CHARACTERS]}..."


def _fields(expected: dict[str, str], actual: dict[str, str]) -> Iterator[str]:
    if not expected:
        yield "  the journal holds nothing there"
    if not actual:
        yield "  the code says nothing there"
    for name in {**expected, **actual}:
        was, now = expected.get(name, "-"), actual.get(name, "-")
        if was != now:
            yield f"  {name}: journal {was}, now {now}"
