"""Where a replay parted from its journal, for people."""

import json
from collections.abc import Iterator, Mapping

from bus.errors import Cause, Divergence
from schemas.envelope import Envelope

LONGEST_VALUE_CHARACTERS = 160
CAUSES_SHOWN = 8
FIELDS_SHOWN = 20
UNCOMPARED_FIELDS = frozenset({"chain", "t", "v"})


def render_difference(error: Divergence) -> str:
    """List the fields that differ, the events that led there, and the code that changed."""
    lines = list(_fields(error.expected, error.actual))
    if error.causes:
        lines.append(f"  because of {causes_text(error.causes)}")
    elif error.parents:
        chain = " <- ".join(str(parent) for parent in error.parents[:CAUSES_SHOWN])
        lines.append(f"  because of event {chain}")
    if error.changed_files is not None:
        lines.append(f"  {_code_text(error.changed_files)}")
    return "\n".join(lines)


def causes_text(causes: tuple[Cause, ...]) -> str:
    """Events that led to another one, nearest first."""
    shown = [
        f"{cause.seq} {cause.kind} ({cause.src}{f', {cause.loop}' if cause.loop else ''})"
        for cause in causes[:CAUSES_SHOWN]
    ]
    more = len(causes) - len(shown)
    return " <- ".join(shown) + (f" <- {more} more" if more else "")


def _code_text(files: tuple[str, ...]) -> str:
    if not files:
        return (
            "no file of agents, bus or schemas was changed since: the journal was, or "
            "an agent decides by something that it was not told"
        )
    return f"changed since the journal was written: {', '.join(files)}"


def flat_fields(event: Envelope | None) -> dict[str, str]:
    """Every field of an event by its path, `body.report.score`, as short JSON."""
    if event is None:
        return {}
    content = event.model_dump(mode="json", exclude=set(UNCOMPARED_FIELDS))
    return {path: _short(value) for path, value in _leaves(content)}


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Values that hold no others; an empty container is one as well."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def _short(value: object) -> str:
    text = json.dumps(value)
    if len(text) <= LONGEST_VALUE_CHARACTERS:
        return text
    return f"{text[:LONGEST_VALUE_CHARACTERS]}..."


def _fields(expected: Envelope | None, actual: Envelope | None) -> Iterator[str]:
    if expected is None or actual is None:
        yield from _one_side(expected, actual)
        return
    was, now = flat_fields(expected), flat_fields(actual)
    names = [n for n in {**was, **now} if was.get(n) != now.get(n)]
    for name in names[:FIELDS_SHOWN]:
        yield f"  {name}: journal {was.get(name, '-')}, now {now.get(name, '-')}"
    if len(names) > FIELDS_SHOWN:
        yield f"  and {len(names) - FIELDS_SHOWN} fields more"


def _one_side(expected: Envelope | None, actual: Envelope | None) -> Iterator[str]:
    """Say who says nothing, and what the other one says there."""
    yield f"  the {'code says' if actual is None else 'journal holds'} nothing there"
    said = actual or expected
    if said is not None:
        where = "journal" if actual is None else "code"
        yield f"  the {where} has {said.body.kind} of {said.src}"
