"""Executes one run in a folder of its own, for every command that starts one."""

from collections.abc import Callable
from pathlib import Path

import anyio

from bus.journal import JournalWriter, cut_torn_tail
from engine.errors import EngineError
from engine.fit import Fit, Fitted
from engine.isolation import refusing
from engine.past import read_past
from engine.proposing import open_proposers
from engine.run_folder import create_run_folder, open_run_folder, remove_run_folder
from engine.unwrapping import single_errors
from executors.zygote_process import ZygoteProcess
from proposers.errors import ProposerError
from reports.progress import Progress
from schemas.sayings import RunFinished
from schemas.settings import RunSettings


def execute(
    settings: RunSettings,
    path: Path,
    progress: Progress,
    elapsed: Callable[[], float],
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
    folder = create_run_folder(path)
    job = Fit(settings, folder, progress, elapsed, zygote=zygote)
    return anyio.run(carry_out, job)


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


def execute_again(
    path: Path, progress: Progress, elapsed: Callable[[], float]
) -> Fitted:
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
    folder = open_run_folder(path)
    with JournalWriter(folder.events):
        cut_torn_tail(folder.events)
    past = read_past(folder)

    def total() -> float:
        return past.elapsed_seconds + elapsed()

    job = Fit(past.settings, folder, progress, total, past)

    async def work() -> Fitted:
        async with open_proposers(past.settings, folder.blobs, past.spent) as proposers:
            return await job.run(proposers)

    with refusing(past.settings.isolation), single_errors():
        return anyio.run(work)
