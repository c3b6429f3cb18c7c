"""Who a process is: its number alone is given to another one later on."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from schemas.base import Frozen

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
START_TIME_FIELD = 19
"""Place of `starttime` in /proc/PID/stat, counted from the field after the name."""


class ProcessIdentity(Frozen):
    """A process that no other one can be taken for.

    Attributes:
        pid: Its number.
        started_ticks: When it was started, in clock ticks since the machine was.
        boot: Which start of the machine that was.
    """

    pid: int
    started_ticks: int
    boot: str


def identify(pid: int) -> ProcessIdentity | None:
    """Who has this number now; None if nobody does."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = stat.rpartition(")")[2].split()
    return ProcessIdentity(
        pid=pid,
        started_ticks=int(after_name[START_TIME_FIELD]),
        boot=BOOT_ID.read_text(encoding="ascii").strip(),
    )


def end_process(identity: ProcessIdentity) -> bool:
    """Kill this process, if it is still the one; say whether it was.

    The handle is taken before it is compared, so no other process can slip in between.
    """
    try:
        handle = os.pidfd_open(identity.pid)
    except (OSError, OverflowError, ValueError):
        return False
    try:
        if identity.pid == os.getpid() or identify(identity.pid) != identity:
            return False
        with suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            return True
        return False
    finally:
        os.close(handle)
