"""The host's side of one job: its socket to the supervisor, from request to report."""

import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field

import anyio

from executors import wire
from executors.process_record import ProcessRecord
from executors.watched import LOADING_SECONDS
from executors.zygote_process import ZygoteProcess

CANCEL_PATIENCE_SECONDS = 3.0
# How long past the wall limit a supervisor may take before it is given up.
REPORT_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ended:
    """What the supervisor said last, and what the job printed."""

    report: wire.JobReport
    printed: bytes


@dataclass(slots=True)
class Conversation:
    """One job's socket and the handles of its processes.

    Attributes:
        channel: Our end; closing it ends the job.
        record: Where the supervisor is noted; the child dies with it.
        handles: Process descriptors of child and supervisor, once it has started.
    """

    channel: socket.socket
    record: ProcessRecord | None = None
    handles: list[int] = field(default_factory=list)

    async def until_ended(self, wall_seconds: float) -> Ended | None:
        """Wait for the report; end the job if this is cancelled.

        Args:
            wall_seconds: How long the job may take.

        Returns:
            None if no supervisor took the job.
        """
        try:
            with anyio.move_on_after(wall_seconds + REPORT_PATIENCE_SECONDS):
                return await self._listen()
        except anyio.get_cancelled_exc_class():
            await self._end()
            raise
        self._kill()
        return failed("the supervisor of the job did not answer")

    async def _end(self) -> None:
        """Ask the supervisor to end the job, and see that it did."""
        with anyio.move_on_after(CANCEL_PATIENCE_SECONDS, shield=True) as scope:
            with suppress(OSError):
                self.channel.shutdown(socket.SHUT_WR)
            await self._listen()
        if scope.cancelled_caught:
            self._kill()

    async def _listen(self) -> Ended | None:
        while True:
            packet = await self._packet()
            if packet.content == wire.STARTED:
                self.handles += packet.descriptors
                if self.record is not None:
                    self.record.note_handle(self.handles[-1])
            elif packet.content:
                report, _, printed = packet.content.partition(b"\n")
                return Ended(wire.JobReport.model_validate_json(report), printed)
            elif self.handles:
                return failed("the supervisor of the job died")
            else:
                return None

    async def _packet(self) -> wire.Packet:
        await anyio.wait_readable(self.channel)
        try:
            return wire.receive(self.channel)
        except ConnectionResetError:
            return wire.Packet(b"", [])

    def _kill(self) -> None:
        for handle in self.handles:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)

    def close(self) -> None:
        """Close all descriptors."""
        self.channel.close()
        for handle in self.handles:
            os.close(handle)
        self.handles.clear()


async def converse(
    zygote: ZygoteProcess,
    request: wire.JobRequest,
    files: list[int],
    record: ProcessRecord | None = None,
) -> Ended | None:
    """Have a job run and wait for its end.

    Args:
        zygote: Who forks it.
        request: What it may use.
        files: Its descriptors after the socket: program, result, model, inputs.
        record: Where its processes are noted.

    Returns:
        None if no supervisor took the job, because the zygote is gone.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    conversation = Conversation(ours, record)
    try:
        with theirs:
            is_asked = await zygote.ask(request, [theirs.fileno(), *files])
        if not is_asked:
            return None
        # What starts afresh loads its libraries before its own time begins.
        loading_seconds = LOADING_SECONDS if request.path == "spawn" else 0.0
        seconds = loading_seconds + request.limits.wall_seconds
        return await conversation.until_ended(seconds)
    finally:
        conversation.close()


def failed(reason: str) -> Ended:
    """Return the end of a job whose supervisor could not report."""
    report = wire.JobReport(
        why="failed", status=0, seconds=0, cpu_seconds=0, peak_bytes=0, trace=reason
    )
    return Ended(report, b"")
