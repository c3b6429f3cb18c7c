"""Executes one run in a folder of its own, for every command that starts one."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anyio

from bus.journal import JournalWriter, cut_torn_tail
from engine.changed_settings import More, changed, with_more
from engine.errors import EngineError, RunFolderError
from engine.fit import Change, Fit, Fitted
from engine.forking import Fork, check_models, fork_folder, past_at
from engine.isolation import refusing
from engine.past import Past, read_past
from engine.proposing import open_proposers
from engine.run_folder import (
    RunFolder,
    create_run_folder,
    open_run_folder,
    remove_run_folder,
)
from engine.unwrapping import single_errors
from executors.pool import WorkerPool
from executors.process_record import ProcessRecord
from executors.zygote_process import ZygoteProcess
from proposers.errors import ProposerError
from reports.progress import Progress
from schemas.sayings import RunFinished
from schemas.settings import RunSettings

Elapsed = Callable[[], float]
CONTINUED_STATES = frozenset({"done", "cancelled", "no_model"})


@dataclass(frozen=True, slots=True)
class Execution:
    """How runs are carried out, whichever they are.

    Attributes:
        progress: Shows the run while it goes on.
        elapsed: Seconds since it was asked for.
        zygote: What workers are forked from, if it is on its way already.
        pool: Workers that are there already; they stay when the run is over.
    """

    progress: Progress
    elapsed: Elapsed
    zygote: ZygoteProcess | None = None
    pool: WorkerPool | None = None

    async def begin(self, settings: RunSettings, path: Path) -> Fitted:
        """Run from settings to results; see `execute`."""
        folder = create_run_folder(path)
        return await carry_out(self._job(settings, folder))

    async def resume(self, path: Path) -> Fitted:
        """Take up a run that was interrupted; see `execute_again`."""
        folder = open_run_folder(path)
        past = take_over(folder)
        return await self._run(past.settings, folder, past)

    async def go_on(self, path: Path, more: More) -> Fitted:
        """Give a finished run more to spend; see `execute_more`."""
        folder = open_run_folder(path)
        past = take_over(folder)
        if past.end is None:
            raise RunFolderError(f"the run in {path} is not finished; resume it first")
        if past.end.status not in CONTINUED_STATES or past.prepared is None:
            raise RunFolderError(f"the run in {path} failed: there is no way to go on")
        check_models(folder)
        settings = with_more(past, more)
        return await self._run(settings, folder, past, Change(settings))

    async def fork(self, fork: Fork) -> Fitted:
        """Carry a fork on under its settings; see `execute_fork`."""
        settings = fork.settings
        change = Change(settings, fork.origin)
        return await self._run(settings, fork.folder, fork.past, change)

    async def _run(
        self,
        settings: RunSettings,
        folder: RunFolder,
        past: Past | None = None,
        change: Change | None = None,
    ) -> Fitted:
        job = self._job(settings, folder, past, change)
        spent = None if past is None else past.spent
        with refusing(settings.isolation), single_errors():
            async with open_proposers(settings, folder.blobs, spent) as proposers:
                return await job.run(proposers)

    def _job(
        self,
        settings: RunSettings,
        folder: RunFolder,
        past: Past | None = None,
        change: Change | None = None,
    ) -> Fit:
        before = 0.0 if past is None else past.elapsed_seconds
        return Fit(
            settings,
            folder,
            self.progress,
            lambda: before + self.elapsed(),
            past=past,
            change=change,
            pool=self.pool,
            zygote=self.zygote,
        )


def take_over(folder: RunFolder) -> Past:
    """Make a run ready to go on: nobody else is at work on it, and its journal ends well.

    Processes that a dead session left are ended. Bytes of a line that was being written
    are set aside.

    Raises:
        JournalError: The journal is damaged, or another process writes to it.
        RunFolderError: Not even the first line was written.
    """
    with JournalWriter(folder.events):
        cut_torn_tail(folder.events)
        ProcessRecord(folder.processes).end_all()
        shutil.rmtree(folder.scratch, ignore_errors=True)
        return read_past(folder)


def execute(
    settings: RunSettings,
    path: Path,
    progress: Progress,
    elapsed: Elapsed,
    zygote: ZygoteProcess | None = None,
) -> Fitted:
    """Run from settings to results; whatever never began leaves no folder behind.

    Args:
        settings: What the user asked for.
        path: The run's folder; it must be new or empty.
        progress: Shows the run while it goes on.
        elapsed: Seconds since the run was asked for.
        zygote: What workers are forked from, if it is on its way already.

    Raises:
        EngineError: The machine or the folder cannot be used, or there is no such proposer.
        ProposerError: The proposer cannot be made.
        Interrupted: The user wanted everything to stop at once.
    """
    execution = Execution(progress, elapsed, zygote)
    with single_errors():
        return anyio.run(execution.begin, settings, path)


async def carry_out(job: Fit) -> Fitted:
    """Run from settings to results in a new folder; one that never began is removed.

    Raises:
        EngineError: There is no such proposer.
        ProposerError: The proposer cannot be made.
        Interrupted: The user wanted everything to stop at once.
    """
    try:
        with refusing(job.settings.isolation), single_errors():
            async with open_proposers(job.settings, job.folder.blobs) as proposers:
                fitted = await job.run(proposers)
    except (EngineError, ProposerError):
        remove_run_folder(job.folder)
        raise
    if isinstance(fitted.end, RunFinished) and fitted.end.status == "bad_input":
        remove_run_folder(job.folder)
    return fitted


def execute_again(path: Path, progress: Progress, elapsed: Elapsed) -> Fitted:
    """Take up a run that was interrupted, whatever ended it.

    Finished work is not repeated; work in flight starts again; the clock goes on from
    where it was. A finished run is left as it is.

    Args:
        path: The run's folder.
        progress: Shows the run while it goes on.
        elapsed: Seconds since it was asked to go on.

    Raises:
        EngineError: There is no run, or the machine cannot be used.
        JournalError: The journal is damaged, or another process writes to it.
        Divergence: The code decides otherwise than the journal remembers.
    """
    with single_errors():
        return anyio.run(Execution(progress, elapsed).resume, path)


def execute_more(
    path: Path, more: More, progress: Progress, elapsed: Elapsed
) -> Fitted:
    """Give a finished run more to spend; it goes on in its own folder.

    Args:
        path: The run's folder.
        more: What it may spend beyond what it has.
        progress: Shows the run while it goes on.
        elapsed: Seconds since it was asked to go on.

    Raises:
        EngineError: The run is not finished, or cannot go on.
        JournalError: The journal is damaged, or another process writes to it.
        Divergence: The code decides otherwise than the journal remembers.
    """
    with single_errors():
        return anyio.run(Execution(progress, elapsed).go_on, path, more)


def prepare_fork(parent: Path, seq: int, choices: list[str], path: Path) -> Fork:
    """Make a fork's folder; nothing of the other run is changed.

    Args:
        parent: Folder of the run that is forked.
        seq: The last event that both have.
        choices: Settings that differ from there on, as `option=value`.
        path: Folder of the fork; it must be new or empty.

    Raises:
        EngineError: The run cannot be forked there, or not with these settings.
        JournalError: The journal of the other run cannot be trusted.
    """
    folder = open_run_folder(parent)
    past = past_at(folder, seq)
    return fork_folder(folder, past, path, changed(past.past.settings, choices))


def execute_fork(fork: Fork, progress: Progress, elapsed: Elapsed) -> Fitted:
    """Carry a fork on from the event that it shares with the other run.

    Args:
        fork: What `prepare_fork` made.
        progress: Shows the run while it goes on.
        elapsed: Seconds since it was asked for.

    Raises:
        EngineError: The machine cannot be used, or there is no such proposer.
        Divergence: The code decides otherwise than the journal remembers.
    """
    with single_errors():
        return anyio.run(Execution(progress, elapsed).fork, fork)
