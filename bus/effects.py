"""Effects: what happens outside the core, and how its outcome comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from schemas.envelope import Cost, Envelope, Input
from schemas.inputs import EffectCancelled


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect.

    Attributes:
        body: The input.
        cost: What it took.
        src: Who carried it out; `record` if nobody did, because it was known.
    """

    body: Input
    cost: Cost | None = None
    src: str = "effects"


class EffectRunner(Protocol):
    """Carries out commands; the only part of a run that touches the world."""

    async def run(self, command: Envelope) -> Outcome:
        """Carry out one command. What it raises is recorded as `effect_failed`."""


TakeBack = Callable[[Envelope], Outcome]
"""Says what is left to be told of a command's effect that did not come to its end."""


def nothing_left(command: Envelope) -> Outcome:
    """The effect took nothing that anybody counts."""
    return Outcome(EffectCancelled())


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that reached the inbox: an outcome (with its key), a tick or a wish.

    Attributes:
        body: The input.
        src: Who sends it.
        key: The effect that it answers, or None.
        duration: Seconds that the effect took.
        cost: What it took otherwise.
    """

    body: Input
    src: str
    key: str | None = None
    duration: float | None = None
    cost: Cost | None = None


def as_arrival(event: Envelope) -> Arrival:
    """An input of a journal, as it arrived.

    Raises:
        TypeError: The event is an output.
    """
    if not isinstance(event.body, Input):
        raise TypeError(f"{event.body.kind!r} is no input")
    return Arrival(event.body, event.src, event.key, event.duration, event.cost)


class EffectsForbidden:
    """The runner of replays: nothing may happen again."""

    async def run(self, command: Envelope) -> Outcome:
        """Refuse.

        Raises:
            AssertionError: Always.
        """
        raise AssertionError(f"a replay must not carry out {command.body!r}")
