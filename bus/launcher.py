"""Starts effects after their command was written, and sends home what came of them."""

import heapq
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field

import anyio
import structlog
from anyio.abc import TaskGroup

from bus.effects import Arrival, EffectRunner, Outcome, TakeBack, nothing_left
from bus.errors import DISK_FAILURES, message_of
from schemas.commands import Combine, Propose, RunJob
from schemas.envelope import Envelope
from schemas.inputs import EffectCancelled, EffectFailed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many effects of each kind may run at once.

    Attributes:
        workers: Jobs in worker processes.
        window: Jobs that are started but not yet heard of; None for no bound. A fixed window
            keeps the outcomes that wait for their turn few in reproducible runs.
        proposals: Asks with the proposer.
        combinations: Ensembles being built by the host.
        is_first_come: Take jobs in the order of issue and not by priority.
    """

    workers: int
    window: int | None = None
    proposals: int = 16
    combinations: int = 1
    is_first_come: bool = False


@dataclass(order=True, slots=True)
class _Waiting:
    priority: int
    seq: int
    command: Envelope = field(compare=False)


class Launcher:
    """Owned by the core: `launch`, `cancel` and `heard` are called from its task only.

    Args:
        runner: Carries effects out.
        send: Puts an arrival into the core's bounded inbox.
        capacity: What may run at once.
        stopwatch: Seconds since some moment, to tell how long effects take.
        take_back: Says what is left to be told of effects that were cut off.
    """

    def __init__(
        self,
        runner: EffectRunner,
        send: Callable[[Arrival], Awaitable[None]],
        capacity: Capacity,
        stopwatch: Callable[[], float] = time.monotonic,
        take_back: TakeBack = nothing_left,
    ) -> None:
        self._stopwatch = stopwatch
        self._take_back = take_back
        self._runner = runner
        self._send = send
        self._capacity = capacity
        self._limiters: dict[type, anyio.CapacityLimiter] = {
            Propose: anyio.CapacityLimiter(capacity.proposals),
            Combine: anyio.CapacityLimiter(capacity.combinations),
        }
        self._tasks: TaskGroup | None = None
        self._waiting: list[_Waiting] = []
        self._scopes: dict[str, anyio.CancelScope] = {}
        self._running = 0
        self._unheard: set[str] = set()

    def start(self, tasks: TaskGroup) -> None:
        """Say which task group effects live in."""
        self._tasks = tasks

    def launch(self, command: Envelope) -> None:
        """Start a command's effect, at once or when a worker is free."""
        if not isinstance(command.body, RunJob):
            self._start(self._run_limited, command)
            return
        first_come = self._capacity.is_first_come
        priority = 0 if first_come else command.body.priority
        heapq.heappush(self._waiting, _Waiting(priority, command.seq, command))
        self._start_waiting()

    def cancel(self, keys: tuple[str, ...]) -> None:
        """Take effects back; each still sends one arrival home."""
        for key in keys:
            if key in self._scopes:
                self._scopes[key].cancel()
        unwanted = set(keys)
        taken = [item for item in self._waiting if item.command.key in unwanted]
        if not taken:
            return
        self._waiting = [w for w in self._waiting if w.command.key not in unwanted]
        heapq.heapify(self._waiting)
        for item in taken:
            self._start(self._send_cancelled, item.command)

    def heard(self, key: str) -> None:
        """Take note that the core heard an outcome, which makes room in the window."""
        self._unheard.discard(key)
        self._start_waiting()

    @property
    def _has_room(self) -> bool:
        window = self._capacity.window
        has_window = window is None or len(self._unheard) < window
        return has_window and self._running < self._capacity.workers

    def _start_waiting(self) -> None:
        while self._waiting and self._has_room:
            command = heapq.heappop(self._waiting).command
            self._running += 1
            self._unheard.add(command.key or "")
            self._start(self._run_job, command)

    def _start(
        self,
        task: Callable[[Envelope], Coroutine[object, object, None]],
        command: Envelope,
    ) -> None:
        if self._tasks is None:
            raise RuntimeError("the launcher was not started")
        scope = anyio.CancelScope()
        self._scopes[command.key or ""] = scope
        self._tasks.start_soon(task, command, name=f"effect {command.key}")

    async def _run_limited(self, command: Envelope) -> None:
        limiter = self._limiters.get(type(command.body))
        arrival = await self._carry_out(command, limiter)
        await self._send(arrival)

    async def _run_job(self, command: Envelope) -> None:
        arrival = await self._carry_out(command, None)
        self._running -= 1
        self._start_waiting()
        await self._send(arrival)

    async def _send_cancelled(self, command: Envelope) -> None:
        self._scopes.pop(command.key or "", None)
        await self._send(Arrival(EffectCancelled(), src="effects", key=command.key))

    async def _carry_out(
        self, command: Envelope, limiter: anyio.CapacityLimiter | None
    ) -> Arrival:
        started = self._stopwatch()
        outcome: Outcome | None = None
        with self._scopes[command.key or ""]:
            if limiter is None:
                outcome = await self._run_safely(command)
            else:
                async with limiter:
                    outcome = await self._run_safely(command)
        if outcome is None:
            outcome = self._take_back(command)
        self._scopes.pop(command.key or "", None)
        return Arrival(
            outcome.body,
            src=outcome.src,
            key=command.key,
            duration=round(self._stopwatch() - started, 6),
            cost=outcome.cost,
        )

    async def _run_safely(self, command: Envelope) -> Outcome:
        """Supervise an effect: whatever it raises becomes an input of the run.

        Raises:
            OSError: The disk failed, of which no journal could tell: the run stops here
                and can be resumed.
        """
        try:
            return await self._runner.run(command)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in DISK_FAILURES:
                raise
            log.exception("effect_failed", key=command.key, kind=command.body.kind)
            message = message_of(error)
            failed = EffectFailed(exception=type(error).__name__, message=message)
            return Outcome(failed, self._take_back(command).cost)
