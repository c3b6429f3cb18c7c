"""What an agent is: a pure decider that hears kinds of messages and makes statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bus.keys import effect_key
from schemas.base import Frozen
from schemas.envelope import Command, Envelope, Output, Saying


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an agent says, before the bus gives it a place in the journal.

    Attributes:
        body: A saying or a command.
        loop: The candidate loop it belongs to.
        causes: Events that it joins, besides the one that was just heard.
        key: Identity of the effect, for commands.
        attempt: How often this effect was asked for before.
    """

    body: Output
    loop: str | None = None
    causes: tuple[int, ...] = ()
    key: str | None = None
    attempt: int = 0


class Agent(Protocol):
    """Reads and changes only its own state: no I/O, no clock, no randomness of its own."""

    @property
    def name(self) -> str:
        """Its name in the journal."""

    @property
    def hears(self) -> frozenset[type[Frozen]]:
        """The kinds of messages it subscribes to."""

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Take note of an event and say what follows from it."""


class Voice:
    """Makes an agent's statements; commands get their key the moment they are issued."""

    def __init__(self, agent: str, seed: int) -> None:
        self._agent = agent
        self._seed = seed

    def say(
        self, body: Saying, loop: str | None = None, causes: tuple[int, ...] = ()
    ) -> Statement:
        """Say something to the other agents."""
        return Statement(body, loop=loop, causes=causes)

    def ask(
        self,
        body: Command,
        *,
        purpose: str,
        n: int = 0,
        attempt: int = 0,
        loop: str | None = None,
    ) -> Statement:
        """Ask for an effect, keyed by who asks for what the how-manieth time."""
        key = effect_key(self._seed, loop, self._agent, purpose, n, attempt)
        return Statement(body, loop=loop, key=key, attempt=attempt)
