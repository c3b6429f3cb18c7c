"""Replay: feed a journal's inputs to the agents again and compare all that they say."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bus.agent import Agent
from bus.bus import Bus
from bus.errors import Divergence, JournalCorrupt
from bus.reactor import Reactor
from schemas.envelope import Envelope
from schemas.inputs import RunStarted
from schemas.settings import RunSettings


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay that found no difference saw.

    Attributes:
        events: Number of events in the journal.
        digest: Chain of the last line.
        seconds: How long it took.
    """

    events: int
    digest: str
    seconds: float


class Replayer:
    """Compares a stream of events with what the agents say now; carries nothing out.

    Args:
        build_agents: Makes fresh agents for the settings in the journal's first line.
    """

    def __init__(self, build_agents: Callable[[RunSettings], Sequence[Agent]]) -> None:
        self._build_agents = build_agents
        self._reactor: Reactor | None = None
        self._expected: list[Envelope] = []
        self._parents: dict[int, int | None] = {}

    def verify(self, events: Iterator[Envelope]) -> ReplayReport:
        """Compare every output, whole.

        Raises:
            Divergence: The code says something else, more or less than the journal.
            JournalCorrupt: The journal does not start with `run_started`.
        """
        started = time.perf_counter()
        count, digest = 0, ""
        for event in events:
            self._compare(event)
            count, digest = count + 1, event.chain
        if self._expected:
            raise self._difference(self._expected[0].seq, None, self._expected[0])
        if self._reactor is None:
            raise JournalCorrupt(0, "it is empty")
        return ReplayReport(count, digest, time.perf_counter() - started)

    def _compare(self, event: Envelope) -> None:
        self._parents[event.seq] = event.parent
        if event.io == "in":
            if self._expected:
                raise self._difference(event.seq, event, self._expected[0])
            self._feed(event)
        elif self._expected:
            said = self._expected.pop(0)
            if _line(said) != _line(event.model_copy(update={"chain": ""})):
                raise self._difference(event.seq, event, said)
        else:
            raise self._difference(event.seq, event, None)

    def _feed(self, event: Envelope) -> None:
        if self._reactor is None:
            if not isinstance(event.body, RunStarted):
                raise JournalCorrupt(event.seq, "it does not open a run")
            self._reactor = Reactor(Bus(self._build_agents(event.body.settings)))
        self._expected = self._reactor.react(event)

    def _difference(
        self, seq: int, expected: Envelope | None, actual: Envelope | None
    ) -> Divergence:
        shown = expected or actual
        parents: list[int] = []
        parent = shown.parent if shown else None
        while parent is not None:
            parents.append(parent)
            parent = self._parents.get(parent)
        return Divergence(seq, expected, actual, tuple(parents))


def _line(event: Envelope) -> bytes:
    """What is compared: two NaN are the same line, but never equal."""
    return event.__pydantic_serializer__.to_json(event)
