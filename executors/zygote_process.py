"""The host's hold on a running zygote."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.to_thread

from executors import wire
from executors.environment import zygote_environment
from executors.errors import ZygoteStartError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
STOP_PATIENCE_SECONDS = 3.0
LOG_TAIL_CHARS = 2000


@dataclass(slots=True)
class ZygoteProcess:
    """A zygote, its control socket and its log.

    Attributes:
        process: The process.
        control: Our end of its socket.
        log: Where its standard error goes.
        is_ready: Whether its imports are known to be done.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    log: Path
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
            log = self.log.read_text(errors="replace")[-LOG_TAIL_CHARS:]
            raise ZygoteStartError(f"the zygote ended while it started:\n{log}")
        self.is_ready = True

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
        """Let it end, or kill it if it does not."""
        with anyio.CancelScope(shield=True):
            self.control.close()
            await anyio.to_thread.run_sync(self._end)

    def _end(self) -> None:
        try:
            self.process.wait(STOP_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def launch_zygote(
    threads: int, log: Path, path: wire.StartPath = "fork"
) -> ZygoteProcess:
    """Start a zygote; it goes on loading its libraries after this returns.

    Args:
        threads: Threads of every numerical library in its jobs.
        log: File for its standard error.
        path: Whether its jobs are forked from it or start afresh.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    descriptor = theirs.fileno()
    # No bytecode is written and the working folder is no place for imports.
    flags = ("-P", "-B", "-m", "executors.zygote", str(descriptor), path)
    with theirs, log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *flags],
            env=zygote_environment(threads, PROJECT_ROOT),
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=(descriptor,),
            cwd=os.sep,
            start_new_session=True,
        )
    return ZygoteProcess(process, ours, log)
