"""A resident predictor: fitted members stay loaded in fenced workers between calls.

Each member has a process of its own with the same fence and limits as any job. It ends
when it is not used for a while, when it has spent its limits, or on closing, and the
next call starts another.
"""

import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

import anyio
import anyio.abc
import anyio.to_thread
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ValidationError

from executors.buffers import Handed, SealedBuffer
from executors.contract import check_values
from executors.errors import (
    ContractError,
    ExecutorError,
    FlatFormatError,
    ResidentError,
)
from executors.flat import read_header, read_values
from executors.header import Header
from executors.job_files import new_result_file, result_size
from executors.outcome import JobFailure
from executors.pool import WorkerPool
from executors.program import WorkerProgram
from executors.wire import ANSWERED, CHANNEL, LOADED
from schemas.jobs import JobLimits

# A worker that is always in use is replaced after this time, like one that is not.
LIFE_SECONDS = 3600.0
IDLE_SECONDS = 60.0
STARTS_PER_CALL = 2
FAREWELL_SECONDS = 3.0
WORD_BYTES = 64


class ResidentMember(NamedTuple):
    """A member: how it predicts, and its fitted models.

    Attributes:
        program: A program of mode `predict`; its rows are those of each call.
        models: What `JobSuccess.model` was; predictions are averaged over them.
    """

    program: WorkerProgram
    models: tuple[bytes, ...]


class ChannelEnd:
    """The worker's end of a socket, handed over like an input."""

    __slots__ = ("_end", "size")

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self.size = 0

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._end.fileno()


@dataclass(slots=True)
class Seat:
    """One worker at its place.

    Attributes:
        channel: Our end of the socket to it.
        scope: Ends it when cancelled.
        is_loaded: Whether it has said that its models are loaded.
        handed_bytes: Size of all files that it was given, which it may have kept.
        failure: How it ended.
        error: Why it could not be started.
    """

    channel: socket.socket
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    ended: anyio.Event = field(default_factory=anyio.Event)
    is_loaded: bool = False
    handed_bytes: int = 0
    failure: JobFailure | None = None
    error: ExecutorError | OSError | None = None


class ResidentPredictor:
    """Answers repeated calls; use as `async with ResidentPredictor(...) as predictor`.

    Calls are answered one after the other; the members of a call work at once.
    """

    def __init__(
        self,
        pool: WorkerPool,
        members: Sequence[ResidentMember],
        limits: JobLimits,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Prepare a predictor; nothing is started before the first call.

        Args:
            pool: Who makes the processes; it must outlive this.
            members: What predicts.
            limits: For each process: memory, processor time in all its life, and the
                wall-clock time of one call.
            idle_seconds: How long its processes are kept unused.
        """
        self._pool = pool
        self._members = tuple(members)
        self._limits = limits
        self._idle_seconds = idle_seconds
        self._seats: dict[int, Seat] = {}
        self._calling = anyio.Lock()
        self._used = anyio.Event()
        self._tasks: anyio.abc.TaskGroup | None = None

    @property
    def processes(self) -> int:
        """How many workers there are now."""
        return len(self._seats)

    async def __aenter__(self) -> Self:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._tasks.start_soon(self._end_when_idle)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._tasks is not None:
            tasks, self._tasks = self._tasks, None
            tasks.cancel_scope.cancel()
            try:
                await tasks.__aexit__(kind, error, trace)
            finally:
                for seat in self._seats.values():
                    seat.channel.close()
                self._seats.clear()

    async def predict(self, frame: pd.DataFrame) -> list[NDArray[np.float64]]:
        """Return each member's checked predictions, shape (rows, columns).

        Args:
            frame: Typed columns as the members saw them when they were fitted.

        Raises:
            ResidentError: A member failed.
            ZygoteStartError: The libraries cannot be loaded.
            FenceError: A layer is missing that must not be.
            OSError: There are no descriptors or no memory for another process.
        """
        answers: dict[int, NDArray[np.float64] | Exception] = {}

        async def ask(number: int, x: SealedBuffer) -> None:
            answers[number] = await self._ask(number, x, len(frame))

        async with self._calling:
            with SealedBuffer.from_frame(frame) as x:
                async with anyio.create_task_group() as group:
                    for number in range(len(self._members)):
                        group.start_soon(ask, number, x)
            self._used.set()
        return [usable(answers[number]) for number in range(len(self._members))]

    async def _ask(
        self, number: int, x: SealedBuffer, rows: int
    ) -> NDArray[np.float64] | Exception:
        """Ask a member; if its worker is gone or worn out, ask another."""
        program = self._members[number].program.model_copy(update={"rows": rows})
        result = new_result_file(result_size(program))
        handed = x.size + result_size(program)
        error = ResidentError("its process did not start")
        try:
            for _ in range(STARTS_PER_CALL):
                seat = await self._seat(number, handed)
                was_loaded = seat.is_loaded
                if await self._converse(seat, x, result):
                    seat.handed_bytes += handed
                    return await anyio.to_thread.run_sync(read, result, program)
                may_be_worn = was_loaded and is_over(seat.channel)
                await self._end(number)
                if seat.error is not None:
                    return seat.error
                error = ResidentError(ending_of(seat.failure))
                if not may_be_worn:
                    break
        except (FlatFormatError, ContractError, ValidationError) as wrong:
            await self._end(number)
            return ResidentError(f"the answer is not usable: {wrong}")
        finally:
            os.close(result)
        return error

    async def _converse(self, seat: Seat, x: SealedBuffer, result: int) -> bool:
        """Send a request and wait for the answer; say whether one came in time."""
        with anyio.move_on_after(self._limits.wall_seconds):
            if not seat.is_loaded:
                seat.is_loaded = await heard(seat.channel) == LOADED
            if not seat.is_loaded:
                return False
            try:
                socket.send_fds(seat.channel, [b"predict"], [x.fileno(), result])
            except OSError:
                return False
            return await heard(seat.channel) == ANSWERED
        return False

    async def _seat(self, number: int, more_bytes: int) -> Seat:
        """Return a member's worker, a new one if there is none or it was given much.

        A worker may keep all that it was ever given, where its memory limit does not
        count it.
        """
        seat = self._seats.get(number)
        if seat and seat.handed_bytes + more_bytes > self._limits.memory_bytes:
            await self._end(number)
            seat = None
        if seat is not None and not seat.ended.is_set():
            return seat
        if seat is not None:
            seat.channel.close()
        if self._tasks is None:
            raise RuntimeError("a resident predictor is used outside its block")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._seats[number] = seat = Seat(ours)
        self._tasks.start_soon(self._live, number, seat, theirs)
        return seat

    async def _live(self, number: int, seat: Seat, theirs: socket.socket) -> None:
        """Be one worker's life, from its start until it ends or is ended.

        What keeps it from starting is left for whoever asks: others live on.
        """
        program, models = self._members[number]
        limits = self._limits.model_copy(update={"wall_seconds": LIFE_SECONDS})
        inputs: dict[str, Handed] = {CHANNEL: ChannelEnd(theirs)}
        try:
            with ExitStack() as held:
                for place, model in enumerate(models):
                    buffer = held.enter_context(SealedBuffer.from_bytes(model))
                    inputs[f"model_{place}"] = buffer
                held.enter_context(seat.scope)
                held.enter_context(self._pool.admission.hold(limits.memory_bytes))
                outcome = await self._pool.run_unadmitted(program, inputs, limits)
                seat.failure = outcome if isinstance(outcome, JobFailure) else None
        except (ExecutorError, OSError) as error:
            seat.error = error
        finally:
            theirs.close()  # whoever waits for an answer hears the end
            seat.ended.set()

    async def _end(self, number: int) -> None:
        """End a member's worker, if it has one."""
        seat = self._seats.pop(number, None)
        if seat is not None:
            # One that ends by itself is given the time to say how.
            with anyio.move_on_after(FAREWELL_SECONDS):
                if is_over(seat.channel):
                    await seat.ended.wait()
            seat.scope.cancel()
            await seat.ended.wait()
            seat.channel.close()

    async def _end_when_idle(self) -> None:
        while True:
            await self._used.wait()
            self._used = anyio.Event()
            with anyio.move_on_after(self._idle_seconds) as waiting:
                await self._used.wait()
            if waiting.cancelled_caught:
                async with self._calling:
                    for number in tuple(self._seats):
                        await self._end(number)


async def heard(channel: socket.socket) -> bytes:
    """Wait for one word from a worker; nothing means that it is gone.

    Descriptors that it may send along are dropped by the kernel.
    """
    await anyio.wait_readable(channel)
    try:
        return channel.recv(WORD_BYTES)
    except ConnectionResetError:
        return b""


def is_over(channel: socket.socket) -> bool:
    """Say whether nothing more can come from a worker."""
    try:
        return not channel.recv(WORD_BYTES, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def read(result: int, program: WorkerProgram) -> NDArray[np.float64]:
    """Return a checked copy of what a worker answered; it may still change its file.

    Raises:
        FlatFormatError: The file is not what the format demands.
        ContractError: The member raised, or its values are not what was asked for.
        ValidationError: The file has no valid header.
    """
    header = Header.model_validate_json(read_header(result))
    if not header.is_complete:
        note = header.failure
        raise ContractError(note.message if note else "there is no answer in it")
    columns = program.columns or 1
    values = read_values(result, (program.rows, columns)).astype(np.float64)
    check_values(program, values)
    return values


def ending_of(failure: JobFailure | None) -> str:
    """Return in words how a worker ended."""
    if failure is None:
        return "its process gave no answer in time"
    return f"its process ended: {failure.exception or failure.kind}: {failure.message}"


def usable(answer: NDArray[np.float64] | Exception) -> NDArray[np.float64]:
    """Return an answer, or raise why there is none."""
    if isinstance(answer, Exception):
        raise answer
    return answer
