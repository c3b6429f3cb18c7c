"""What this machine and this process have: cores, and time since the start."""

import os
import time
from collections.abc import Callable
from pathlib import Path

START_TIME_FIELD = 19
"""Place of `starttime` in /proc/self/stat, counted from the field after the name."""


def usable_cores() -> int:
    """Cores that this process may run on."""
    return max(1, len(os.sched_getaffinity(0)))


def seconds_since_start() -> float:
    """Seconds since this process was made, before Python loaded a single library."""
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    started_ticks = int(after_name[START_TIME_FIELD])
    started = started_ticks / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def even_clock() -> Callable[[], int]:
    """A clock in nanoseconds since the epoch that never leaps.

    It reads the time of day once and goes on evenly from there, whatever is done to the
    machine's clock meanwhile.
    """
    epoch = time.time_ns() - time.monotonic_ns()
    return lambda: epoch + time.monotonic_ns()
