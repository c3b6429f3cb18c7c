"""A run from settings to result: opens the rooms, lets the core work, writes what came out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

import anyio
import structlog

from agents.team import build_agents
from bus.bus import Bus, Observer
from bus.core import Core, Mode
from bus.effects import Arrival
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from bus.receipts import Receipts
from bus.recorded import RecordedEffects, read_answers
from engine.effects import Effects
from engine.errors import Interrupted
from engine.isolation import indispensable_layers
from engine.machine import even_clock
from engine.past import Past
from engine.proposing import Proposers, live_lane
from engine.results import write_results
from engine.run_folder import RunFolder
from engine.run_log import RunLog
from engine.stop_requests import StopRequests, signal_requests
from engine.versions import code_version
from executors.pool import WorkerPool
from executors.process_record import ProcessRecord
from executors.zygote_process import ZygoteProcess
from reports.progress import Progress
from reports.result import RunResult
from schemas.inputs import (
    CancelRequested,
    Origin,
    RunContinued,
    RunStarted,
    SessionStarted,
    Tick,
    WorkersReady,
)
from schemas.sayings import RunCrashed, RunFinished
from schemas.settings import RunSettings

TICK_SECONDS = 0.25
REPRODUCIBLE_WINDOW_JOBS = 16

logger = structlog.get_logger()


class Fitted(NamedTuple):
    """What a run leaves: its last word and its summary."""

    end: RunFinished | RunCrashed
    result: RunResult


@dataclass(frozen=True, slots=True)
class Change:
    """How a run goes on otherwise than it began.

    Attributes:
        settings: What holds from here on.
        origin: Where it was forked off, None if it is the same run.
    """

    settings: RunSettings
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """One run.

    Attributes:
        settings: What the user asked for, last of all.
        folder: The run's own folder.
        progress: Shows the run while it goes on.
        elapsed: Seconds that the run has taken, all its sessions together.
        past: What earlier sessions left, if the run is taken up again.
        change: How it goes on otherwise than it began, if it does.
        pool: Workers that are there already; they stay when the run is over. None for
            some of its own.
        zygote: What workers are forked from, if it is on its way already.
        stops: Where wishes to stop come from.
    """

    settings: RunSettings
    folder: RunFolder
    progress: Progress
    elapsed: Callable[[], float]
    past: Past | None = None
    change: Change | None = None
    pool: WorkerPool | None = None
    zygote: ZygoteProcess | None = None
    stops: StopRequests = signal_requests

    async def run(self, proposers: Proposers) -> Fitted:
        """Run to the end and write the results.

        Args:
            proposers: Answer asks.

        Raises:
            Interrupted: The user wanted everything to stop at once.
        """
        with RunLog(self.folder) as log, JournalWriter(self.folder.events) as journal:
            async with self._workers() as pool:
                effects = Effects(self.settings, self.folder, pool, proposers)
                try:
                    end = await self._work(journal, effects, log, pool)
                finally:
                    effects.close()
                    self.progress.close()
        if isinstance(end, RunFinished):
            self.folder.record.unlink(missing_ok=True)
        return Fitted(end, write_results(self.folder))

    @asynccontextmanager
    async def _workers(self) -> AsyncIterator[WorkerPool]:
        """The workers there are, or some of this run's own."""
        indispensable = indispensable_layers(self.settings.isolation)
        if self.pool is not None and (
            self.pool.threads == self.settings.threads
            and self.pool.indispensable == indispensable
        ):
            yield self.pool
            return
        async with WorkerPool(
            threads=self.settings.threads,
            spool=self.folder.scratch,
            zygote=self.zygote,
            indispensable=indispensable,
            record=ProcessRecord(self.folder.processes),
        ) as pool:
            yield pool

    async def _work(
        self, journal: JournalWriter, effects: Effects, log: RunLog, pool: WorkerPool
    ) -> RunFinished | RunCrashed:
        first = self.settings if self.past is None else self.past.first_settings
        bus = Bus(build_agents(first))
        observer = bus.observe()
        run, receipts = self.folder.path.name, Receipts(self.folder.receipts)
        runner = RecordedEffects(read_answers(self.folder.record), effects)
        core = Core(
            run,
            bus,
            journal,
            runner,
            self._mode,
            even_clock(),
            receipts,
            take_back=effects.take_back,
        )
        end: RunFinished | RunCrashed | None = None
        with observer.events:
            if self.past is not None:
                end = await self._take_up(self.past, core, effects, pool)
            if end is None:
                end = await self._work_on(core, pool, observer, log)
        return end

    async def _take_up(
        self, past: Past, core: Core, effects: Effects, pool: WorkerPool
    ) -> RunFinished | None:
        """Restore what an earlier session came to; return its last word if that is all."""
        is_continued = self.change is not None
        end = core.restore(read_journal(self.folder.events), is_continued=is_continued)
        if end is not None and not is_continued:
            return end
        if past.prepared is not None:
            effects.restore(past.prepared)
        # Where no job may run, nothing is to be added to the journal.
        await pool.ready()
        return None

    async def _work_on(
        self, core: Core, pool: WorkerPool, observer: Observer, log: RunLog
    ) -> RunFinished | RunCrashed:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, observer, log)
            tasks.start_soon(self._stop_on_request, core)
            tasks.start_soon(self._tell_layers, core, pool)
            if self.settings.budget_seconds is not None:
                tasks.start_soon(self._tick, core)
            last_word = await core.run(self._opening())
            await observer.finished.wait()
            tasks.cancel_scope.cancel()
        return last_word

    @property
    def _mode(self) -> Mode:
        is_reproducible = self.settings.budget_seconds is None
        window = REPRODUCIBLE_WINDOW_JOBS if is_reproducible else None
        capacity = Capacity(
            workers=self.settings.workers,
            window=window,
            is_first_come=is_reproducible,
        )
        return Mode(is_reproducible, capacity, live_lane(self.settings))

    def _opening(self) -> RunStarted | SessionStarted | RunContinued:
        made = code_version()._asdict()
        if self.change is not None:
            change = self.change
            return RunContinued(settings=change.settings, origin=change.origin, **made)
        if self.past is not None:
            return SessionStarted(**made)
        return RunStarted(settings=self.settings, **made)

    async def _watch(self, observer: Observer, log: RunLog) -> None:
        """Let observers see what was written; one that fails is left alone."""
        watching = [log.show, self.progress.show]
        async for event in observer.events:
            for show in tuple(watching):
                try:
                    show(event)
                except Exception:
                    watching.remove(show)
                    logger.exception("observer_failed", seq=event.seq)
        observer.finished.set()

    async def _tell_layers(self, core: Core, pool: WorkerPool) -> None:
        ready = WorkersReady(isolation=await pool.layers())
        await core.tell(Arrival(ready, src="workers"))

    async def _tick(self, core: Core) -> None:
        while True:
            await anyio.sleep(TICK_SECONDS)
            tick = Tick(elapsed_seconds=round(self.elapsed(), 3))
            await core.tell(Arrival(tick, src="clock"))

    async def _stop_on_request(self, core: Core) -> None:
        async with self.stops() as requests:
            wish = CancelRequested(reason=await anext(requests))
            await core.tell(Arrival(wish, src="user"))
            await anext(requests)
        raise Interrupted
