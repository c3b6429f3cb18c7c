"""The fence around candidate code: everything that is taken from a process for good.

`confine` runs in the child before anything of the candidate is touched. What a job
needs it already holds as open descriptors, so further layers (namespaces, Landlock,
seccomp) belong at the end of that function.
"""

import ctypes
import math
import os
import resource
import signal
import sys
from pathlib import Path

from executors.environment import scrub_environment
from executors.process_status import status_bytes
from schemas.jobs import JobLimits

OPEN_FILES_LIMIT = 256
PRIVATE_UMASK = 0o077
# Allocators reserve what they may never touch (CatBoost 1 GiB at its first fit). The
# kernel counts that, so it comes on top; the watchdog counts only what is touched.
RESERVED_BYTES = 1536 * 1024**2

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)

# Python ignores these two so that they surface as OSError; a default action would
# end the process without a word.
_KEPT_SIGNALS = frozenset({signal.SIGPIPE, signal.SIGXFSZ})
_FIXED_SIGNALS = frozenset({signal.SIGKILL, signal.SIGSTOP})


def confine(limits: JobLimits, scratch: Path, file_bytes: int, supervisor: int) -> None:
    """Take from this process what candidate code must not have.

    Args:
        limits: What the job may use.
        scratch: Its own empty folder, which becomes the working folder.
        file_bytes: Largest file that it may write.
        supervisor: Process id of its parent, with which it dies.

    Raises:
        OSError: A step failed; the job must not run.
    """
    die_with_parent(supervisor)
    reset_signals()
    os.umask(PRIVATE_UMASK)
    os.chdir(scratch)
    scrub_environment(scratch)
    limit_resources(limits, file_bytes)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    forbid_inspection()


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when its parent ends.

    Raises:
        ProcessLookupError: The parent is already gone.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise ProcessLookupError(f"parent {parent} is gone")


def forbid_inspection() -> None:
    """Forbid core dumps of this process and tracing by others of the same user."""
    _prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Make this process the new parent of descendants whose own parent ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def reset_signals() -> None:
    """Give every signal its default action and block none."""
    for number in signal.valid_signals() - _KEPT_SIGNALS - _FIXED_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def limit_resources(limits: JobLimits, file_bytes: int) -> None:
    """Set the limits that the kernel itself keeps.

    The processor limit has a soft part one second earlier: its signal lets
    faulthandler note where an endless loop stands.
    """
    cpu_seconds = max(1, math.ceil(limits.cpu_seconds))
    data_bytes = status_bytes("self", "VmData") + limits.memory_bytes + RESERVED_BYTES
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, max(1, cpu_seconds - 1), cpu_seconds),
        (resource.RLIMIT_DATA, data_bytes, data_bytes),
        (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT, OPEN_FILES_LIMIT),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))


def active_layers() -> tuple[tuple[str, str], ...]:
    """Return each layer of the fence with `active`, or why it is not."""
    here = "active" if sys.platform == "linux" else "needs Linux"
    pidfd = here if hasattr(os, "pidfd_open") else "needs pidfd_open"
    later = "not part of this version"
    return (
        ("own session and process group", here),
        ("ends with its supervisor", here),
        ("no new privileges", here),
        ("not traceable", here),
        ("resource limits", here),
        ("memory and wall-clock watchdog", pidfd),
        ("clean environment and scratch folder", here),
        ("sealed inputs", here),
        ("namespaces", later),
        ("private user", later),
        ("landlock", later),
        ("seccomp", later),
    )


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}, {value}): {os.strerror(code)}")
