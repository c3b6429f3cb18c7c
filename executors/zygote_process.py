"""The host's hold on a running zygote.

It imports little, so that a zygote can be on its way before the host itself has loaded
the libraries that it needs.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.to_thread

from executors import wire
from executors.checkpoints import usable_checkpoints
from executors.environment import zygote_environment
from executors.errors import ZygoteStartError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
STOP_PATIENCE_SECONDS = 3.0
LOG_TAIL_BYTES = 8000


@dataclass(slots=True)
class ZygoteProcess:
    """A zygote, its control socket and its log; ends it when used as a context.

    Attributes:
        process: The process.
        control: Our end of its socket.
        log: Memory file to which its standard error goes.
        is_ready: Whether its imports are known to be done.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    log: int
    is_ready: bool = field(default=False)

    async def wait_until_ready(self) -> None:
        """Wait until its imports are done.

        Raises:
            ZygoteStartError: It ended before that; with the end of its log.
        """
        if self.is_ready:
            return
        await anyio.wait_readable(self.control)
        try:
            is_greeting = self.control.recv(len(wire.READY)) == wire.READY
        except ConnectionResetError:
            is_greeting = False
        if not is_greeting:
            told = self._end_of_log()
            raise ZygoteStartError(f"the zygote ended while it started:\n{told}")
        self.is_ready = True

    def _end_of_log(self) -> str:
        start = max(0, os.fstat(self.log).st_size - LOG_TAIL_BYTES)
        return os.pread(self.log, LOG_TAIL_BYTES, start).decode(errors="replace")

    async def ask(self, request: wire.JobRequest, descriptors: list[int]) -> bool:
        """Send a request; say whether the zygote was there to take it."""
        content = request.model_dump_json().encode()
        while True:
            try:
                socket.send_fds(self.control, [content], descriptors)
            except BlockingIOError:
                await anyio.wait_writable(self.control)
            except (BrokenPipeError, ConnectionResetError):
                return False
            else:
                return True

    async def stop(self) -> None:
        """Like `end`, for callers that must not wait."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.end)

    def end(self) -> None:
        """Let it end, or kill it if it does not; at once if it has not served anybody."""
        if self.log < 0:
            return
        self.control.close()
        if not self.is_ready:
            self.process.kill()
        try:
            self.process.wait(STOP_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.log)
        self.log = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()


def launch_zygote(
    threads: int, path: wire.StartPath = "fork", modules: Iterable[str] = ()
) -> ZygoteProcess:
    """Start a zygote; it goes on loading its libraries after this returns.

    Args:
        threads: Threads of every numerical library in its jobs.
        path: Whether its jobs are forked from it or start afresh.
        modules: The only ones that its jobs will need, if that is known; see `preload`.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    environment = zygote_environment(threads, PROJECT_ROOT, usable_checkpoints())
    with theirs, ExitStack() as undoing:
        undoing.push(ours)
        log = os.memfd_create("zygote-log", os.MFD_CLOEXEC)
        undoing.callback(os.close, log)
        process = start_process([path, *modules], environment, theirs.fileno(), log)
        undoing.pop_all()
    return ZygoteProcess(process, ours, log)


def start_process(
    words: Sequence[str], environment: Mapping[str, str], control: int, log: int
) -> subprocess.Popen[bytes]:
    """Start the interpreter of a zygote.

    Args:
        words: The path by which its jobs start, and the modules that they will need.
        environment: All of its environment variables.
        control: Its end of the socket.
        log: Where its standard output and error go.
    """
    # Compiling libraries takes as long as loading them: the next zygote finds it done, also
    # where their installer left it to us.
    bytecode = ("-B",) if sys.dont_write_bytecode else ()
    # The working folder is no place for imports.
    command = [sys.executable, "-P", *bytecode, "-m", "executors.zygote", str(control)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=(control,),
        cwd=os.sep,
        start_new_session=True,
    )
