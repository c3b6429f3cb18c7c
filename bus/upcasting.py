"""Makes lines of older layouts what they would be today; the journal stays as it is."""

from collections.abc import Callable

from bus.keys import request_hash
from schemas.envelope import ENVELOPE, LAYOUT, Command, Envelope

Raw = dict[str, object]
Upcaster = Callable[[Raw], Raw]


def _with_modules(body: Raw) -> Raw:
    """Layout 1 had one hash for the whole source."""
    return {**body, "modules": []}


UPCASTERS: dict[tuple[int, str], Upcaster] = {
    (1, "run_started"): _with_modules,
    (1, "session_started"): _with_modules,
}
"""What becomes of the body of a kind on the way from a layout to the next one."""


def layout_of(raw: object) -> int | None:
    """The layout that a line says it has, or None if it says nothing of the kind."""
    layout = raw.get("v") if isinstance(raw, dict) else None
    return layout if isinstance(layout, int) else None


def upcast(raw: Raw) -> Envelope:
    """Take a line of an older layout step by step to the present one.

    Args:
        raw: The line as JSON; its layout is older than ours.

    Raises:
        ValidationError: It is no event of that layout.
    """
    body = raw.get("body")
    layout = layout_of(raw) or LAYOUT
    while isinstance(body, dict) and layout < LAYOUT:
        change = UPCASTERS.get((layout, str(body.get("kind"))))
        body = body if change is None else change(body)
        layout += 1
    event = ENVELOPE.validate_python({**raw, "v": LAYOUT, "body": body}, strict=False)
    if isinstance(event.body, Command):
        # The hash is derived from the request, so it is derived from what that is now.
        hashed = request_hash(event.body)
        return event.model_copy(update={"request_hash": hashed})
    return event
