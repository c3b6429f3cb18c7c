"""The core: one task that owns the state, the journal and the sequence number."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass

import anyio
import structlog

from bus.bus import Bus
from bus.effects import Arrival, EffectRunner, TakeBack, as_arrival, nothing_left
from bus.history import History
from bus.journal import JournalWriter
from bus.launcher import Capacity, Launcher
from bus.open_effects import OpenEffects
from bus.reactor import Reactor
from bus.receipts import Receipts
from bus.sequencer import AsIssued, AsTheyCome, Sequencer
from schemas.commands import Propose, ScoreHoldout
from schemas.envelope import Envelope, Input
from schemas.inputs import EffectCancelled
from schemas.lane import Lane
from schemas.sayings import CancelEffects, RunCrashed, RunFinished

INBOX_ARRIVALS = 256
ARRIVALS_A_TURN = 32
SYNC_SECONDS = 0.05
SYNC_EVENTS = 64

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mode:
    """How a run is bounded.

    Attributes:
        is_reproducible: Outcomes are heard in the order of issue.
        capacity: What may run at once.
        live_lane: The lane that a live model answers, if there is one: it answers when it
            likes, and nothing else waits for its turn behind that.
    """

    is_reproducible: bool
    capacity: Capacity
    live_lane: Lane | None = None

    def is_in_order(self, command: Envelope) -> bool:
        """Whether the outcome of a command has to wait for its turn."""
        body = command.body
        return not isinstance(body, Propose) or body.lane != self.live_lane


class Core:
    """Takes arrivals from the inbox, lets the agents decide, writes, then launches.

    Args:
        run: Id of the run.
        bus: The bus with its agents.
        journal: Where events are written.
        runner: Carries effects out.
        mode: How the run is bounded.
        now: Nanoseconds since the epoch.
        receipts: Where outcomes are kept that must wait for their turn.
        stopwatch: Seconds since some moment, to tell how long effects take.
        take_back: Says what is left to be told of effects that were cut off.
    """

    def __init__(
        self,
        run: str,
        bus: Bus,
        journal: JournalWriter,
        runner: EffectRunner,
        mode: Mode,
        now: Callable[[], int],
        receipts: Receipts | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
        take_back: TakeBack = nothing_left,
    ) -> None:
        self._run = run
        self._bus = bus
        self._journal = journal
        self._mode = mode
        self._reactor = Reactor(bus)
        self._now = now
        self._receipts = receipts
        self._send, self._inbox = anyio.create_memory_object_stream[Arrival](
            INBOX_ARRIVALS
        )
        self._launcher = Launcher(
            runner, self._put, mode.capacity, stopwatch, take_back
        )
        self._sequencer: Sequencer = (
            AsIssued() if mode.is_reproducible else AsTheyCome()
        )
        self._effects = OpenEffects()
        self._left_open: list[Envelope] = []
        self._poison: Envelope | None = None
        self._session = 0
        self._received = 0
        self._unsynced = 0
        self._written = anyio.Event()
        self._much_written = anyio.Event()

    async def tell(self, arrival: Arrival) -> None:
        """Put something into the inbox; waits while it is full, drops it after the end."""
        try:
            await self._put(arrival)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            log.debug("told_after_the_end", kind=arrival.body.kind)

    async def _put(self, arrival: Arrival) -> None:
        """Leave an arrival in the inbox; giving up the turn for it costs as much again."""
        try:
            self._send.send_nowait(arrival)
        except anyio.WouldBlock:
            await self._send.send(arrival)

    async def _receive(self) -> Arrival:
        """The next arrival; while there are more, others get a turn now and then."""
        self._received += 1
        if self._received % ARRIVALS_A_TURN:
            try:
                return self._inbox.receive_nowait()
            except anyio.WouldBlock:
                pass
        return await self._inbox.receive()

    def restore(
        self, events: Iterable[Envelope], *, is_continued: bool = False
    ) -> RunFinished | None:
        """Fold what an earlier session wrote; a batch that was half written is completed.

        Args:
            events: The journal from its first line on.
            is_continued: Whether the run goes on even if its last word was said.

        Returns:
            The run's last word, if it was said: then there is nothing left to run, unless
            it is continued.

        Raises:
            Divergence: The agents say something else than the journal holds.
            JournalCorrupt: The journal cannot be trusted.
        """
        with ExitStack() as ending:
            ending.callback(self._close)
            end = self._fold(events)
            if end is None or is_continued:
                ending.pop_all()
        return end

    def _fold(self, events: Iterable[Envelope]) -> RunFinished | None:
        history = History(self._reactor)
        end: RunFinished | None = None
        for event in events:
            history.feed(event)
            self._effects.take(event)
            self._journal.chain = event.chain
            end = _last_word(event, end)
        missing = history.unsaid()
        self._write(missing)
        for event in missing:
            end = _last_word(event, end)
        self._session = self._effects.session + 1
        self._left_open = sorted(self._effects.commands.values(), key=lambda c: c.seq)
        self._poison = self._effects.poison
        return end

    async def run(self, first: Input) -> RunFinished | RunCrashed:
        """Run until the agents say that the run is finished.

        Args:
            first: The input that opens the journal, or a new session of it.

        Returns:
            The last word of the run.
        """
        try:
            async with anyio.create_task_group() as tasks:
                self._launcher.start(tasks)
                tasks.start_soon(self._sync_in_groups)
                end = await self._work(Arrival(first, src="user"))
                tasks.cancel_scope.cancel()
        finally:
            self._close()
        self._journal.sync()
        # After a crash the run can be resumed, and takes up what had to wait.
        if self._receipts is not None and isinstance(end, RunFinished):
            self._receipts.forget()
        return end

    def _close(self) -> None:
        self._send.close()
        self._inbox.close()
        self._bus.close()

    async def _work(self, first: Arrival) -> RunFinished | RunCrashed:
        for command in self._left_open:
            if self._mode.is_in_order(command):
                self._sequencer.issued(command.key or "")
        end = self._hear(first)
        waiting = deque(self._take_up())
        while end is None:
            arrival = waiting.popleft() if waiting else await self._receive()
            end = self._take_in(arrival)
        return end

    def _take_up(self) -> list[Arrival]:
        """Go on with what an earlier session left open, in the order of issue.

        Outcomes that are known already are not asked for again.
        """
        known = self._known_outcomes()
        for command in self._left_open:
            if command.key not in known:
                self._launch(command)
        self._launcher.cancel(tuple(self._effects.cancelled))
        again = [known[None]] if None in known else []
        return again + [known[c.key] for c in self._left_open if c.key in known]

    def _known_outcomes(self) -> dict[str | None, Arrival]:
        """Receipts, and the outcome on which a decider raised before it was mended."""
        known: dict[str | None, Arrival] = {}
        if self._receipts is not None:
            known.update(self._receipts.read())
        if self._poison is not None:
            known[self._poison.key] = as_arrival(self._poison)
        return known

    def _take_in(self, arrival: Arrival) -> RunFinished | RunCrashed | None:
        """Hear whatever it is the turn of; write a receipt for what has to wait."""
        ready = self._sequencer.accept(arrival)
        if not ready and self._receipts is not None:
            self._receipts.keep(arrival)
        for each in ready:
            end = self._hear(each)
            if end is not None:
                return end
        return None

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
        key, body = arrival.key, arrival.body
        command = self._effects.commands.get(key) if key else None
        if key in self._effects.cancelled and not isinstance(body, EffectCancelled):
            body = EffectCancelled()
        return Envelope(
            run=self._run,
            session=self._session,
            seq=self._effects.next_seq,
            io="in",
            body=body,
            parent=command.seq if command else None,
            loop=command.loop if command else None,
            src=arrival.src,
            dst=command.src if command else None,
            key=key,
            attempt=command.attempt if command else 0,
            request_hash=command.request_hash if command else None,
            t=self._now(),
            duration=arrival.duration,
            cost=arrival.cost,
        )

    def _write(self, events: list[Envelope]) -> None:
        if not events:
            return
        self._journal.append(events)
        for event in events:
            self._effects.take(event)
        if events[0].seq == 0:
            self._journal.sync()
        self._unsynced += len(events)
        self._written.set()
        if self._unsynced >= SYNC_EVENTS:
            self._much_written.set()
        self._bus.show(events)

    async def _sync_in_groups(self) -> None:
        """Bring what was written to the disk, off this thread: soon, or once it is much."""
        while True:
            await self._written.wait()
            with anyio.move_on_after(SYNC_SECONDS):
                await self._much_written.wait()
            self._written, self._much_written = anyio.Event(), anyio.Event()
            self._unsynced = 0
            await anyio.to_thread.run_sync(self._journal.sync)

    def _act(self, output: Envelope) -> RunFinished | RunCrashed | None:
        """Launch a command, take effects back, or return the run's last word."""
        match output.body:
            case RunFinished() | RunCrashed() as end:
                return end
            case CancelEffects(keys=keys):
                self._launcher.cancel(keys)
            case _ if output.key is not None:
                if self._mode.is_in_order(output):
                    self._sequencer.issued(output.key)
                self._launch(output)
        return None

    def _launch(self, command: Envelope) -> None:
        """Start an effect; that the sealed part is opened stands on the disk before."""
        if isinstance(command.body, ScoreHoldout):
            self._journal.sync()
        self._launcher.launch(command)


def _last_word(event: Envelope, said: RunFinished | None) -> RunFinished | None:
    """The end of a run as of an event; whoever hears something goes on."""
    if event.io == "in":
        return None
    return event.body if isinstance(event.body, RunFinished) else said
