"""A run from settings to result: opens the rooms, lets the core work, writes what came out."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import anyio

from agents.team import build_agents
from bus.bus import Bus, Observer
from bus.core import Core, Mode
from bus.effects import Arrival
from bus.journal import JournalWriter
from bus.launcher import Capacity
from engine.effects import Effects
from engine.results import write_results
from engine.run_folder import RunFolder
from engine.run_log import RunLog
from engine.versions import library_versions, source_fingerprint
from executors.confine import active_layers
from executors.pool import WorkerPool
from proposers.base import Proposer
from reports.progress import Progress
from reports.result import RunResult
from schemas.inputs import CancelRequested, RunStarted, Tick
from schemas.sayings import RunCrashed, RunFinished
from schemas.settings import RunSettings

TICK_SECONDS = 0.25
REPRODUCIBLE_WINDOW_JOBS = 16


class Interrupted(Exception):
    """Raised when the user asks a second time to stop: nothing more is computed."""


class Fitted(NamedTuple):
    """What a run leaves: its last word and its summary."""

    end: RunFinished | RunCrashed
    result: RunResult


@dataclass(frozen=True, slots=True)
class Fit:
    """One run.

    Attributes:
        settings: What the user asked for.
        folder: The run's own folder.
        progress: Shows the run while it goes on.
        elapsed: Seconds since the user started the run.
    """

    settings: RunSettings
    folder: RunFolder
    progress: Progress
    elapsed: Callable[[], float]

    async def run(self, proposer: Proposer) -> Fitted:
        """Run to the end and write the results.

        Args:
            proposer: Answers asks.

        Raises:
            Interrupted: The user wanted everything to stop at once.
        """
        with RunLog(self.folder) as log, JournalWriter(self.folder.events) as journal:
            async with WorkerPool(
                threads=self.settings.threads, spool=self.folder.path / "scratch"
            ) as pool:
                effects = Effects(self.settings, self.folder, pool, proposer)
                try:
                    end = await self._work(journal, effects, log)
                finally:
                    effects.close()
                    self.progress.close()
        return Fitted(end, write_results(self.folder))

    async def _work(
        self, journal: JournalWriter, effects: Effects, log: RunLog
    ) -> RunFinished | RunCrashed:
        bus = Bus(build_agents(self.settings))
        observer = bus.observe()
        run = self.folder.path.name
        core = Core(run, bus, journal, effects, self._mode, time.time_ns)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, observer, log)
            tasks.start_soon(self._stop_on_signals, core)
            if self.settings.budget_seconds is not None:
                tasks.start_soon(self._tick, core)
            end = await core.run(self._opening())
            await observer.finished.wait()
            tasks.cancel_scope.cancel()
        return end

    @property
    def _mode(self) -> Mode:
        is_reproducible = self.settings.budget_seconds is None
        window = REPRODUCIBLE_WINDOW_JOBS if is_reproducible else None
        capacity = Capacity(
            workers=self.settings.workers,
            window=window,
            is_first_come=is_reproducible,
        )
        return Mode(is_reproducible=is_reproducible, capacity=capacity)

    def _opening(self) -> RunStarted:
        return RunStarted(
            settings=self.settings,
            versions=library_versions(),
            fingerprint=source_fingerprint(),
            isolation=active_layers(),
        )

    async def _watch(self, observer: Observer, log: RunLog) -> None:
        async with observer.events:
            async for event in observer.events:
                log.show(event)
                self.progress.show(event)
        observer.finished.set()

    async def _tick(self, core: Core) -> None:
        while True:
            await anyio.sleep(TICK_SECONDS)
            tick = Tick(elapsed_seconds=round(self.elapsed(), 3))
            await core.tell(Arrival(tick, src="clock"))

    async def _stop_on_signals(self, core: Core) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            first = await anext(signals)
            wish = CancelRequested(reason=first.name)
            await core.tell(Arrival(wish, src="user"))
            await anext(signals)
        raise Interrupted
