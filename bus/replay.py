"""Replay: a whole journal is verified without carrying anything out."""

import time
from collections.abc import Callable, Iterable, Sequence

from bus.agent import Agent
from bus.bus import Bus
from bus.errors import Divergence, JournalCorrupt
from bus.history import History
from bus.reactor import Reactor
from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.inputs import RunStarted
from schemas.settings import RunSettings

BuildAgents = Callable[[RunSettings], Sequence[Agent]]


class ReplayReport(Frozen):
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
    """Compares a stream of events with what the agents say now, in constant memory.

    Args:
        build_agents: Makes fresh agents for the settings in the journal's first line.
    """

    def __init__(self, build_agents: BuildAgents) -> None:
        self._build_agents = build_agents

    def verify(
        self, events: Iterable[Envelope], *, is_prefix: bool = False
    ) -> ReplayReport:
        """Compare every output, whole.

        Args:
            events: The journal from its first line on.
            is_prefix: Whether more may have been said than these events hold.

        Raises:
            Divergence: The code says something else, more or less than the journal.
            JournalCorrupt: The journal does not start with `run_started`.
        """
        started = time.perf_counter()
        history: History | None = None
        count, digest = 0, ""
        for event in events:
            history = history or self._open(event)
            history.feed(event)
            count, digest = count + 1, event.chain
        if history is None:
            raise JournalCorrupt(0, "it is empty")
        missing = [] if is_prefix else history.unsaid()
        if missing:
            raise Divergence(missing[0].seq, None, missing[0], ())
        seconds = time.perf_counter() - started
        return ReplayReport(events=count, digest=digest, seconds=seconds)

    def _open(self, event: Envelope) -> History:
        if not isinstance(event.body, RunStarted):
            raise JournalCorrupt(event.seq, "it does not open a run")
        bus = Bus(self._build_agents(event.body.settings))
        return History(Reactor(bus, is_refusing_repeats=False))
