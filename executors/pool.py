"""The local pool: runs one confined process for each job.

Jobs live apart from the zygote that forked them. If the zygote dies, running jobs go
on; a request that it took along is asked once more of a new one, and if that one dies
as well the job ends as `internal`.

Before the first job a self-test finds out which layers of the fence hold here, and
whether the libraries survive being forked. If they do not, every job starts afresh. If
layers are missing that the caller will not do without, no job runs.
"""

import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.to_thread

from executors import probe, wire
from executors.admission import MemoryAdmission
from executors.buffers import Handed, SealedBuffer
from executors.checkpoints import packages_named
from executors.conversation import Ended, converse, failed
from executors.errors import FenceError, JobRequestError, ZygoteStartError
from executors.jail.layers import (
    ACTIVE,
    ALL_LAYERS,
    FORKED_START,
    INDISPENSABLE,
    Layer,
    OneOf,
    broken_fences,
)
from executors.job_files import JobFiles
from executors.outcome import JobFailure, JobSuccess
from executors.outcome_reader import EndedJob, read_outcome
from executors.process_record import ProcessRecord
from executors.program import WorkerProgram
from executors.zygote_process import ZygoteProcess, launch_zygote
from schemas.jobs import JobLimits

ZYGOTES_PER_JOB = 2

DIED = failed("the zygote died twice before the job started")
Inputs = Mapping[str, Handed]


class WorkerPool:
    """Runs jobs, as many at once as it is asked for and as memory allows.

    Use as `async with WorkerPool(threads=1, spool=folder) as pool`.

    Attributes:
        admission: Who lets jobs in by memory.
        threads: Threads of every numerical library in its jobs.
        indispensable: Layers of the fence without which no job may run: one of each set.
        path: How jobs start: forked, or afresh.
        path_note: Why they do not start by being forked; empty if they do.
    """

    def __init__(
        self,
        threads: int,
        spool: Path,
        layers: Collection[Layer] | None = None,
        path: wire.StartPath = "fork",
        zygote: ZygoteProcess | None = None,
        indispensable: Collection[OneOf] = INDISPENSABLE,
        record: ProcessRecord | None = None,
    ) -> None:
        """Prepare a pool.

        Args:
            threads: Threads of every numerical library in its jobs.
            spool: Folder for scratch folders; made if missing.
            layers: Layers of the fence to try; None for all.
            path: How jobs start; `fork` gives way to `spawn` where it is not safe.
            zygote: One that was launched before with these threads and this path; the
                pool ends it.
            indispensable: Sets of layers, of each of which at least one must hold before
                a job may run; layers that are not to be tried are left out of account.
            record: Where processes are noted, to be ended if this one dies before them.
        """
        self.threads = threads
        self._spool = spool
        self._folder = spool
        self._wanted = ALL_LAYERS if layers is None else frozenset(layers)
        self.indispensable = frozenset(
            fence & self._wanted for fence in indispensable if fence & self._wanted
        )
        self._states: tuple[tuple[str, str], ...] = ()
        self._layers: frozenset[Layer] = frozenset()
        self._zygote = zygote
        self._record = record
        self._starting = anyio.Lock()
        self._jobs = 0
        self.admission = MemoryAdmission()
        self.path: wire.StartPath = path
        self.path_note = "" if path == "fork" else "as was asked"

    async def __aenter__(self) -> Self:
        self._folder = _private_folder(self._spool)
        self._zygote = self._zygote or self._launch()
        self._note(self._zygote)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self._stop_zygote()
            await anyio.to_thread.run_sync(shutil.rmtree, self._folder, True)
        if self._record is not None:
            self._record.forget()

    async def ready(self) -> None:
        """Wait until jobs can start at once.

        Raises:
            ZygoteStartError: The libraries cannot be loaded.
            FenceError: A layer is missing that must not be.
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
            FenceError: A layer is missing that must not be.
        """
        async with self.admission.admit(limits.memory_bytes):
            return await self.run_unadmitted(program, inputs, limits)

    async def run_unadmitted(
        self, program: WorkerProgram, inputs: Inputs, limits: JobLimits
    ) -> JobSuccess | JobFailure:
        """Run a job like `run`, for callers that account for its memory themselves."""
        if len(inputs) > wire.INPUTS_LIMIT:
            raise JobRequestError(f"{len(inputs)} inputs are too many")
        await self._ready_zygote()
        return await self._run_job(program, inputs, limits)

    async def layers(self) -> tuple[tuple[str, str], ...]:
        """Return each layer of the fence with `active`, or why it is not.

        The last entry is no layer: it tells in the same way whether jobs are forked.

        Raises:
            ZygoteStartError: The libraries cannot be loaded, or no job can be fenced.
            FenceError: A layer is missing that must not be.
        """
        await self._ready_zygote()
        return (*self._states, (FORKED_START, self.path_note or ACTIVE))

    async def _run_job(
        self,
        program: WorkerProgram,
        inputs: Inputs,
        limits: JobLimits,
        tester: ZygoteProcess | None = None,
    ) -> JobSuccess | JobFailure:
        with JobFiles.for_program(program) as files:
            request = self._request(program, files, inputs, limits)
            sent = [files.program, files.result, files.model]
            sent += [inputs[name].fileno() for name in request.inputs]
            try:
                if tester is None:
                    ending = await self._converse(request, sent)
                else:
                    ending = await converse(tester, request, sent) or DIED
            finally:
                await _remove_leftovers(request.scratch)
            job = EndedJob(program, limits, ending.report, ending.printed)
            return await anyio.to_thread.run_sync(read_outcome, job, files)

    async def _converse(self, request: wire.JobRequest, sent: list[int]) -> Ended:
        for _ in range(ZYGOTES_PER_JOB):
            zygote = await self._ready_zygote()
            # The way jobs start may have changed since the request was made.
            asked = request.model_copy(update={"path": self.path})
            ended = await converse(zygote, asked, sent, self._record)
            if ended is not None:
                return ended
            await self._give_up(zygote)
        return DIED

    def _request(
        self,
        program: WorkerProgram,
        files: JobFiles,
        inputs: Inputs,
        limits: JobLimits,
    ) -> wire.JobRequest:
        self._jobs += 1
        return wire.JobRequest(
            limits=limits,
            inputs=tuple(inputs),
            input_bytes=sum(buffer.size for buffer in inputs.values()),
            file_bytes=files.file_limit_bytes,
            scratch=str(self._folder / f"job-{self._jobs}"),
            layers=tuple(self._layers),
            path=self.path,
            networks=packages_named(program.source),
        )

    def _launch(self) -> ZygoteProcess:
        return launch_zygote(self.threads, self.path)

    def _note(self, zygote: ZygoteProcess) -> None:
        if self._record is not None:
            self._record.note(zygote.process.pid)

    async def _ready_zygote(self) -> ZygoteProcess:
        """Return the zygote, its imports done and the fence tested; start one if needed.

        The lock keeps two jobs from starting two.
        """
        async with self._starting:
            if self._zygote is None:
                self._zygote = self._launch()
                self._note(self._zygote)
            try:
                await self._zygote.wait_until_ready()
                if not self._states:
                    await self._test(self._zygote)
            except (ZygoteStartError, FenceError):
                await self._stop_zygote()
                raise
            return self._zygote

    async def _test(self, zygote: ZygoteProcess) -> None:
        """Find out which layers hold, and whether forked jobs can use their libraries."""
        scratch = str(self._folder / "probe")
        request = wire.JobRequest(
            limits=probe.PROBE_LIMITS,
            inputs=(),
            input_bytes=0,
            file_bytes=probe.PROBE_LIMITS.memory_bytes,
            scratch=scratch,
            layers=tuple(self._wanted),
            path=self.path,
        )
        states = await probe.probe_layers(zygote, request)
        self._layers = probe.layers_that_hold(states)
        missing = frozenset(Layer) - self._layers
        if broken := broken_fences(self.indispensable, missing):
            why = dict(states)
            told = (" as well as ".join(f"{n} ({why[n]})" for n in f) for f in broken)
            raise FenceError(", ".join(told))
        if self.path == "fork":
            await self._test_fork(zygote)
        self._states = states

    async def _test_fork(self, zygote: ZygoteProcess) -> None:
        """Fit with threads in a forked job; if that fails, start jobs afresh."""
        with ExitStack() as closing:
            inputs = probe.fork_test_inputs()
            for buffer in inputs.values():
                closing.enter_context(buffer)
            program, limits = probe.fork_test_program(), probe.FORK_TEST_LIMITS
            outcome = await self._run_job(program, inputs, limits, tester=zygote)
        if isinstance(outcome, JobFailure):
            reason = f"{outcome.exception or outcome.kind}: {outcome.message}"
            self.path_note = f"a forked self-test failed, {reason}"
            self.path = "spawn"
            await self._stop_zygote()
            self._zygote = self._launch()
            self._note(self._zygote)
            await self._zygote.wait_until_ready()

    async def _stop_zygote(self) -> None:
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            await zygote.stop()

    async def _give_up(self, zygote: ZygoteProcess) -> None:
        """Forget a zygote that took no job, so that the next job starts another."""
        async with self._starting:
            if self._zygote is zygote:
                await self._stop_zygote()


async def _remove_leftovers(scratch: str) -> None:
    """Remove a scratch folder whose supervisor was killed before it could."""
    if Path(scratch).exists():  # noqa: ASYNC240 - one look costs less than a thread
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(shutil.rmtree, scratch, True)


def _private_folder(spool: Path) -> Path:
    """Make a folder of this pool's own, so that pools may share a spool."""
    spool.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="jobs-", dir=spool)).resolve()
    folder.chmod(0o711)  # jobs may be other users, who have to reach their scratch
    return folder
