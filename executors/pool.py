"""The local pool: runs one confined process for each job.

Jobs live apart from the zygote that forked them. If the zygote dies, running jobs go
on; a request that it took along is asked once more of a new one, and if that one dies
as well the job ends as `internal`.
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.to_thread

from executors import wire
from executors.buffers import SealedBuffer
from executors.conversation import Ended, converse, failed
from executors.errors import JobRequestError, ZygoteStartError
from executors.job_files import JobFiles
from executors.outcome import JobFailure, JobSuccess
from executors.outcome_reader import EndedJob, read_outcome
from executors.program import WorkerProgram
from executors.zygote_process import ZygoteProcess, launch_zygote
from schemas.jobs import JobLimits

ZYGOTES_PER_JOB = 2


class WorkerPool:
    """Runs jobs, as many at once as it is asked for; the caller limits that.

    Use as `async with WorkerPool(threads=1, spool=folder) as pool`.
    """

    def __init__(self, threads: int, spool: Path) -> None:
        """Prepare a pool.

        Args:
            threads: Threads of every numerical library in its jobs.
            spool: Folder for scratch folders and the zygote's log; made if missing.
        """
        self._threads = threads
        self._spool = spool
        self._folder = spool
        self._zygote: ZygoteProcess | None = None
        self._starting = anyio.Lock()
        self._jobs = 0

    async def __aenter__(self) -> Self:
        self._folder = _private_folder(self._spool)
        self._zygote = self._launch()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with anyio.CancelScope(shield=True):
            if self._zygote is not None:
                await self._zygote.stop()
                self._zygote = None
            await anyio.to_thread.run_sync(shutil.rmtree, self._folder, True)

    async def ready(self) -> None:
        """Wait until jobs can start at once.

        Raises:
            ZygoteStartError: The libraries cannot be loaded.
        """
        await self._ready_zygote()

    async def run(
        self,
        program: WorkerProgram,
        inputs: Mapping[str, SealedBuffer],
        limits: JobLimits,
    ) -> JobSuccess | JobFailure:
        """Run one job in a process of its own.

        When cancelled, ends the job and all that it started before it returns.

        Args:
            program: What to do.
            inputs: What it is done with; the buffers stay the caller's.
            limits: What the process may use.

        Raises:
            JobRequestError: There are too many inputs.
            ZygoteStartError: The libraries cannot be loaded.
        """
        if len(inputs) > wire.INPUTS_LIMIT:
            raise JobRequestError(f"{len(inputs)} inputs are too many")
        with JobFiles.for_program(program) as files:
            request = self._request(files, inputs, limits)
            try:
                ending = await self._converse(request, files, inputs)
            finally:
                await _remove_leftovers(request.scratch)
            job = EndedJob(program, limits, ending.report, ending.printed)
            return await anyio.to_thread.run_sync(read_outcome, job, files)

    async def _converse(
        self,
        request: wire.JobRequest,
        files: JobFiles,
        inputs: Mapping[str, SealedBuffer],
    ) -> Ended:
        sent = [files.program, files.result, files.model]
        sent += [inputs[name].fileno() for name in request.inputs]
        for _ in range(ZYGOTES_PER_JOB):
            zygote = await self._ready_zygote()
            ended = await converse(zygote, request, sent)
            if ended is not None:
                return ended
            await self._give_up(zygote)
        return failed("the zygote died twice before the job started")

    def _request(
        self,
        files: JobFiles,
        inputs: Mapping[str, SealedBuffer],
        limits: JobLimits,
    ) -> wire.JobRequest:
        self._jobs += 1
        return wire.JobRequest(
            limits=limits,
            inputs=tuple(inputs),
            input_bytes=sum(buffer.size for buffer in inputs.values()),
            file_bytes=files.file_limit_bytes,
            scratch=str(self._folder / f"job-{self._jobs}"),
        )

    def _launch(self) -> ZygoteProcess:
        return launch_zygote(self._threads, self._folder / "zygote.log")

    async def _ready_zygote(self) -> ZygoteProcess:
        """Return the zygote, its imports done; start one if there is none.

        The lock keeps two jobs from starting two.
        """
        async with self._starting:
            if self._zygote is None:
                self._zygote = self._launch()
            zygote = self._zygote
            try:
                await zygote.wait_until_ready()
            except ZygoteStartError:
                self._zygote = None
                await zygote.stop()
                raise
            return zygote

    async def _give_up(self, zygote: ZygoteProcess) -> None:
        """Forget a zygote that took no job, so that the next job starts another."""
        async with self._starting:
            if self._zygote is zygote:
                self._zygote = None
                await zygote.stop()


async def _remove_leftovers(scratch: str) -> None:
    """Remove a scratch folder whose supervisor was killed before it could."""
    if Path(scratch).exists():  # noqa: ASYNC240 - one look costs less than a thread
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(shutil.rmtree, scratch, True)


def _private_folder(spool: Path) -> Path:
    """Make a folder of this pool's own, so that pools may share a spool."""
    spool.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="jobs-", dir=spool)).resolve()
