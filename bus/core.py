"""The core: one task that owns the state, the journal and the sequence number."""

from collections.abc import Callable
from dataclasses import dataclass

import anyio
import structlog

from bus.bus import Bus
from bus.effects import Arrival, EffectRunner
from bus.journal import JournalWriter
from bus.launcher import Capacity, Launcher
from bus.reactor import Reactor
from bus.sequencer import AsIssued, AsTheyCome, Sequencer
from schemas.commands import ScoreHoldout
from schemas.envelope import Envelope, Input
from schemas.inputs import EffectCancelled
from schemas.sayings import CancelEffects, RunCrashed, RunFinished

INBOX_ARRIVALS = 256

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mode:
    """How a run is bounded.

    Attributes:
        is_reproducible: Outcomes are heard in the order of issue.
        capacity: What may run at once.
    """

    is_reproducible: bool
    capacity: Capacity


class Core:
    """Takes arrivals from the inbox, lets the agents decide, writes, then launches.

    Args:
        run: Id of the run.
        bus: The bus with its agents.
        journal: Where events are written.
        runner: Carries effects out.
        mode: How the run is bounded.
        now: Nanoseconds since the epoch.
    """

    def __init__(
        self,
        run: str,
        bus: Bus,
        journal: JournalWriter,
        runner: EffectRunner,
        mode: Mode,
        now: Callable[[], int],
    ) -> None:
        self._run = run
        self._bus = bus
        self._journal = journal
        self._reactor = Reactor(bus)
        self._now = now
        self._send, self._inbox = anyio.create_memory_object_stream[Arrival](
            INBOX_ARRIVALS
        )
        self._launcher = Launcher(runner, self._send.send, mode.capacity)
        self._sequencer: Sequencer = (
            AsIssued() if mode.is_reproducible else AsTheyCome()
        )
        self._next_seq = 0
        self._open: dict[str, Envelope] = {}
        self._cancelled: set[str] = set()

    async def tell(self, arrival: Arrival) -> None:
        """Put something into the inbox; waits while it is full, drops it after the end."""
        try:
            await self._send.send(arrival)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            log.debug("told_after_the_end", kind=arrival.body.kind)

    async def run(self, first: Input) -> RunFinished | RunCrashed:
        """Run until the agents say that the run is finished.

        Args:
            first: The input that opens the journal.

        Returns:
            The last word of the run.
        """
        try:
            async with anyio.create_task_group() as tasks:
                self._launcher.start(tasks)
                end = await self._work(Arrival(first, src="user"))
                tasks.cancel_scope.cancel()
        finally:
            self._send.close()
            self._inbox.close()
            self._bus.close()
        self._journal.sync()
        return end

    async def _work(self, first: Arrival) -> RunFinished | RunCrashed:
        arrival = first
        while True:
            for ready in self._sequencer.accept(arrival):
                end = self._hear(ready)
                if end is not None:
                    return end
            arrival = await self._inbox.receive()

    def _hear(self, arrival: Arrival) -> RunFinished | RunCrashed | None:
        """Let the agents decide on one input, write, and only then act."""
        event = self._place(arrival)
        outputs = self._reactor.react(event)
        self._write([event, *outputs])
        if arrival.key is not None:
            self._launcher.heard(arrival.key)
        end = None
        for output in outputs:
            end = end or self._act(output)
        return end

    def _place(self, arrival: Arrival) -> Envelope:
        """Give an arrival its place; an outcome that was taken back is not heard."""
        command = self._open.pop(arrival.key, None) if arrival.key else None
        is_cancelled = arrival.key in self._cancelled
        return Envelope(
            run=self._run,
            session=0,
            seq=self._next_seq,
            io="in",
            body=EffectCancelled() if is_cancelled else arrival.body,
            parent=command.seq if command else None,
            loop=command.loop if command else None,
            src=arrival.src,
            dst=command.src if command else None,
            key=arrival.key,
            attempt=command.attempt if command else 0,
            request_hash=command.request_hash if command else None,
            t=self._now(),
            duration=arrival.duration,
            cost=arrival.cost,
        )

    def _write(self, events: list[Envelope]) -> None:
        self._journal.append(events)
        self._next_seq += len(events)
        if events[0].seq == 0 or any(isinstance(e.body, ScoreHoldout) for e in events):
            self._journal.sync()
        self._bus.show(events)

    def _act(self, output: Envelope) -> RunFinished | RunCrashed | None:
        """Launch a command, take effects back, or return the run's last word."""
        match output.body:
            case RunFinished() | RunCrashed() as end:
                return end
            case CancelEffects(keys=keys):
                self._cancelled.update(key for key in keys if key in self._open)
                self._launcher.cancel(keys)
            case _ if output.key is not None:
                self._open[output.key] = output
                self._sequencer.issued(output.key)
                self._launcher.launch(output)
        return None
