"""Runs a plan: each run in a folder of its own; what is done already is not done again."""

import fcntl
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from bus.errors import BusError, JournalError
from bus.journal import read_journal
from engine.errors import EngineError, RunFolderError
from engine.execution import Execution
from engine.fit import Fitted
from engine.plan import PlannedRun
from engine.run_folder import RunFolder, remove_run_folder
from engine.showing import read_so_far
from engine.unwrapping import single_errors
from executors.pool import WorkerPool
from executors.process_record import ProcessRecord
from proposers.errors import ProposerError
from reports.batch import (
    BatchReport,
    BatchRun,
    batch_csv,
    batch_json,
    summarise_batch,
)
from reports.numbers import score_text, seconds_text
from reports.progress import Progress
from reports.result import RunResult, derive_result
from schemas.inputs import RunStarted
from schemas.sayings import RunCrashed, RunFinished
from schemas.settings import RunSettings

FINAL_STATES = frozenset({"done", "no_model"})
"""A run that ended so would end so again."""
CUT_OFF_STATES = frozenset({"unfinished", "crashed"})
MACHINE_FIELDS = frozenset({"workers", "memory_bytes"})
"""What a machine offers at the moment; another value asks for no other run."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs one after another, in workers that they share.

    Attributes:
        folder: The batch's folder.
        new_progress: Makes what shows one run while it goes on.
        tell: Says one line.
    """

    folder: Path
    new_progress: Callable[[], Progress]
    tell: Callable[[str], None]

    def run(self, plan: Sequence[PlannedRun]) -> BatchReport:
        """Run what is not done yet, and write `batch.csv` and `batch.json`.

        A run that cannot begin or finds nothing is counted and does not end the batch; a
        cancelled one does.

        Raises:
            RunFolderError: The folder cannot be used, or holds other runs of these names.
            Interrupted: The user wanted everything to stop at once.
        """
        with locked(self.folder), single_errors():
            finished = [finished_run(self.folder, planned) for planned in plan]
            return anyio.run(self._run_missing, plan, finished)

    async def _run_missing(
        self, plan: Sequence[PlannedRun], finished: Sequence[BatchRun | None]
    ) -> BatchReport:
        runs: list[BatchRun] = []
        report = summarise_batch(runs)
        async with self._workers(plan, finished) as pool:
            for planned, known in zip(plan, finished, strict=True):
                place = f"{len(runs) + 1}/{len(plan)} {planned.name}"
                runs.append(known or await self._execute(planned, place, pool))
                self.tell(f"{place}: {_outcome(runs[-1])}{' (known)' if known else ''}")
                report = write_batch(self.folder, runs)
                if runs[-1].status == "cancelled":
                    break
        return report

    @asynccontextmanager
    async def _workers(
        self, plan: Sequence[PlannedRun], finished: Sequence[BatchRun | None]
    ) -> AsyncIterator[WorkerPool | None]:
        """The pool that all runs share; none if there is nothing left to run."""
        record = ProcessRecord(self.folder / "processes.jsonl")
        record.end_all()
        if all(finished):
            yield None
            return
        threads, spool = plan[0].settings.threads, self.folder / "scratch"
        async with WorkerPool(threads=threads, spool=spool, record=record) as pool:
            yield pool
        shutil.rmtree(spool, ignore_errors=True)

    async def _execute(
        self, planned: PlannedRun, place: str, pool: WorkerPool | None
    ) -> BatchRun:
        path = self.folder / planned.name
        is_half_done = can_go_on(RunFolder(path))
        self.tell(f"{place}: {'resumed' if is_half_done else 'started'}")
        started = time.monotonic()
        execution = Execution(
            self.new_progress(), lambda: time.monotonic() - started, pool=pool
        )
        try:
            with single_errors():
                if is_half_done:
                    fitted = await execution.resume(path)
                else:
                    remove_run_folder(RunFolder(path))
                    fitted = await execution.begin(planned.settings, path)
        except (EngineError, ProposerError, BusError) as error:
            return _batch_run(planned, "refused", message=str(error))
        return _fitted_run(planned, fitted)


def default_batch_path(plan: Path) -> Path:
    """`runs/<plan>`: the same each time, so that a plan goes on where it stopped."""
    return Path("runs") / plan.stem


def finished_run(folder: Path, planned: PlannedRun) -> BatchRun | None:
    """What a planned run came to when the plan was started before; None if it did not.

    Raises:
        RunFolderError: Its folder holds a run with other settings, or no run.
    """
    path = folder / planned.name
    run = RunFolder(path)
    if not path.exists():
        return None
    settings = first_settings(run)
    is_leftover = settings is None and (path / "blobs").is_dir()
    if is_leftover:
        return None
    if settings is None or not is_same_run(settings, planned.settings):
        raise RunFolderError(
            f"{path} holds something else than this plan's run; "
            "remove it or name another folder with --batch-dir"
        )
    try:
        result = derive_result(read_journal(run.events))
    except JournalError:
        return None
    if result.status not in FINAL_STATES:
        return None
    return _batch_run(planned, result.status, result=result)


def can_go_on(run: RunFolder) -> bool:
    """Whether a run was cut off before its end, so that it can be resumed."""
    if first_settings(run) is None:
        return False
    try:
        return derive_result(read_so_far(run)).status in CUT_OFF_STATES
    except JournalError:
        return True  # resuming says what is wrong with it


def first_settings(run: RunFolder) -> RunSettings | None:
    """The settings that stand in the first line of a journal."""
    try:
        first = next(read_journal(run.events), None)
    except (OSError, JournalError):
        return None
    if first is None or not isinstance(first.body, RunStarted):
        return None
    return first.body.settings


def is_same_run(one: RunSettings, other: RunSettings) -> bool:
    """Whether two settings ask for the same run, on whatever machine."""
    return _asked(one) == _asked(other)


def _asked(settings: RunSettings) -> dict[str, object]:
    return settings.model_dump(exclude=set(MACHINE_FIELDS))


def _fitted_run(planned: PlannedRun, fitted: Fitted) -> BatchRun:
    return _batch_run(
        planned, fitted.result.status, _last_word(fitted.end), fitted.result
    )


def _last_word(end: RunFinished | RunCrashed) -> str:
    match end:
        case RunFinished(message=message):
            return message
        case RunCrashed(exception=exception, message=message):
            return f"a bug in sage-loop: {exception}: {message}"


def _batch_run(
    planned: PlannedRun,
    status: str,
    message: str = "",
    result: RunResult | None = None,
) -> BatchRun:
    return BatchRun(
        table=planned.table,
        setting=planned.setting,
        seed=planned.settings.seed,
        folder=planned.name,
        status=status,
        message=message,
        result=result,
    )


def _outcome(run: BatchRun) -> str:
    if run.result is None or run.has_failed:
        return ": ".join(filter(None, (run.status.replace("_", " "), run.message)))
    scores = run.result.development
    return (
        f"{run.result.metric} {score_text(scores.score)} "
        f"in {seconds_text(run.result.seconds)}"
    )


def write_batch(folder: Path, runs: Sequence[BatchRun]) -> BatchReport:
    """Sum up the runs so far and write both files."""
    report = summarise_batch(runs)
    for name, content in (
        ("batch.csv", batch_csv(report)),
        ("batch.json", batch_json(report)),
    ):
        partial = folder / f"{name}.partial"
        partial.write_bytes(content)
        partial.replace(folder / name)
    return report


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a batch's folder for one process.

    Raises:
        RunFolderError: It cannot be made, or another batch is at work in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RunFolderError(
            f"the batch's folder {folder} cannot be made: {error.strerror}"
        ) from error
    try:
        _take(lock, folder)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RunFolderError(f"another batch is at work in {folder}") from error
