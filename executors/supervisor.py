"""The supervisor: the trusted process between zygote and child, one for each job.

It alone decides why a job ended. It ends the job when the host says so or is gone,
when the wall clock, the memory or the amount of output passes its limit, and it ends
everything that the job started.
"""

import os
import select
import shutil
import signal
import socket
import time
import traceback
from contextlib import suppress
from pathlib import Path
from resource import struct_rusage
from typing import Literal

from executors import wire
from executors.jail import kernel
from executors.starting import start
from executors.watched import Watched, begin_work, is_overfull, memory_of

WATCH_INTERVAL_SECONDS = 0.05
LEFTOVERS_GRACE_SECONDS = 2.0
READ_BYTES = 64 * 1024
TRACE_READ_BYTES = 64 * 1024

Why = Literal["exited", "timeout", "memory", "output", "files", "cancelled"]


def supervise(request: wire.JobRequest, descriptors: wire.JobDescriptors) -> None:
    """Run one job from fork to report; the whole life of a supervisor."""
    os.setsid()
    kernel.adopt_orphans()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    host = socket.socket(fileno=descriptors.job)
    scratch = Path(request.scratch)
    try:
        scratch.mkdir(mode=0o700)
        child = start(request, descriptors)
        socket.send_fds(
            host, [wire.STARTED], [child.handle, os.pidfd_open(os.getpid())]
        )
        why = watch(child, host)
        packet = finish(child, why)
    except Exception:  # noqa: BLE001 - recorded: it becomes the job's report
        packet = failure_packet(traceback.format_exc()[-wire.TRACE_LIMIT_CHARS :])
    finally:
        end_descendants()
        shutil.rmtree(scratch, ignore_errors=True)
    with suppress(BrokenPipeError, ConnectionResetError):  # the host is gone
        host.send(packet)


def watch(child: Watched, host: socket.socket) -> Why:
    """Wait until the child ends or has to be ended; say why."""
    poller = select.poll()
    for descriptor in (child.handle, child.output, host.fileno()):
        poller.register(descriptor, select.POLLIN)
    if child.ready is not None:
        poller.register(child.ready, select.POLLIN)
    next_look = 0.0
    while True:
        ready = {descriptor for descriptor, _ in poller.poll(_patience(child))}
        if child.ready is not None and child.ready in ready:
            poller.unregister(child.ready)
            if said := os.read(child.ready, READ_BYTES):
                begin_work(child, int(said))
        if child.output in ready and not read_output(child):
            poller.unregister(child.output)
        if child.printed_bytes > wire.OUTPUT_LIMIT_BYTES:
            return "output"
        if child.handle in ready:
            return "exited"
        if host.fileno() in ready:
            return "cancelled"
        now = time.monotonic()
        if now >= child.deadline:
            return "timeout"
        if now >= next_look:
            if (passed := passed_limit(child)) is not None:
                return passed
            next_look = now + WATCH_INTERVAL_SECONDS


def _patience(child: Watched) -> float:
    """Return how long to poll: until the next look or the deadline, in ms."""
    left = max(0.0, child.deadline - time.monotonic())
    return 1000 * min(WATCH_INTERVAL_SECONDS, left)


def passed_limit(child: Watched) -> Literal["memory", "files"] | None:
    """Return which limit the child has passed that the kernel does not keep for us."""
    if memory_of(child) > child.memory_bytes:
        return "memory"
    if child.scratch is not None and is_overfull(child.scratch):
        return "files"
    return None


def read_output(child: Watched) -> bool:
    """Take what was printed, keep its start; say whether more may come."""
    try:
        content = os.read(child.output, READ_BYTES)
    except BlockingIOError:
        return True
    child.printed_bytes += len(content)
    child.printed += content[: wire.OUTPUT_KEPT_BYTES - len(child.printed)]
    return bool(content)


def finish(child: Watched, why: Why) -> bytes:
    """End the child and all it started, and return the report as a packet."""
    signal.pidfd_send_signal(child.handle, signal.SIGKILL)
    end_group(child.process)  # before it is reaped, while its number is still its own
    _, status, usage = os.wait4(child.process, 0)
    seconds = time.monotonic() - child.started
    end_descendants()
    read_output(child)  # never to its end: somebody may hold the pipe open
    trace = os.pread(child.trace, TRACE_READ_BYTES, 0).decode(errors="replace")
    report = _report(why, status, seconds, usage, trace)
    return report.model_dump_json().encode() + b"\n" + child.printed


def _report(
    why: Why, status: int, seconds: float, usage: struct_rusage, trace: str
) -> wire.JobReport:
    return wire.JobReport(
        why=why,
        status=status,
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
        trace=trace[: wire.TRACE_LIMIT_CHARS],
    )


def failure_packet(trace: str) -> bytes:
    """Return the report of a supervisor that could not do its work."""
    report = wire.JobReport(
        why="failed", status=0, seconds=0, cpu_seconds=0, peak_bytes=0, trace=trace
    )
    return report.model_dump_json().encode() + b"\n"


def end_group(leader: int) -> None:
    """Kill a process group, if there is one."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def end_descendants() -> None:
    """Kill and reap all that is left of the job, however it was daemonised.

    Orphans come to this process, so that killing its children until there are none
    reaches every generation.
    """
    deadline = time.monotonic() + LEFTOVERS_GRACE_SECONDS
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children")
    while time.monotonic() < deadline:
        try:
            reaped, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not reaped:
            for process in children.read_text().split():
                os.kill(int(process), signal.SIGKILL)
            time.sleep(0.001)
