"""The fence around candidate code: everything that is taken from a process for good.

`confine` runs in the child before anything of the candidate is touched. What a job
needs it already holds as open descriptors. The order matters: files are arranged while
that is still allowed, rights are given up next, and the filter of system calls, which
would forbid all of this, comes last.
"""

import errno
import math
import os
import resource
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from executors.environment import scrub_environment
from executors.jail import capabilities, files, kernel, landlock, namespaces, seccomp
from executors.jail.layers import Layer
from executors.jail.plan import JailPlan
from executors.jail.readable import (
    DEVICES,
    checkpoint_paths,
    closed_to_others,
    readable_paths,
)
from executors.process_status import status_bytes
from schemas.jobs import JobLimits

OPEN_FILES_LIMIT = 256
PRIVATE_UMASK = 0o077
# Threads beyond those that numerical libraries are told to start.
EXTRA_THREADS = 64
# Allocators reserve what they may never touch (CatBoost 1 GiB at its first fit). The
# kernel counts that, so it comes on top; the watchdog counts only what is touched.
RESERVED_BYTES = 1536 * 1024**2
# Threads reserve addresses for their own heaps, and inputs are mapped.
EXTRA_ADDRESS_BYTES = 8 * 1024**3
# Of all processes a job is the first to go when the machine runs out of memory.
FIRST_TO_GO = b"1000"

# Python ignores these two so that they surface as OSError; a default action would
# end the process without a word.
_KEPT_SIGNALS = frozenset({signal.SIGPIPE, signal.SIGXFSZ})
_FIXED_SIGNALS = frozenset({signal.SIGKILL, signal.SIGSTOP})


@dataclass(frozen=True, slots=True)
class Fence:
    """What a child is confined by.

    Attributes:
        plan: The layers to enter.
        limits: What the job may use.
        scratch: Its own empty folder on the host's file system.
        file_bytes: Largest file that it may write.
        input_bytes: Size of all that was handed in.
        supervisor: Process descriptor of its parent, with which it dies.
    """

    plan: JailPlan
    limits: JobLimits
    scratch: Path
    file_bytes: int
    input_bytes: int
    supervisor: int


def confine(fence: Fence) -> None:
    """Take from this process what candidate code must not have.

    Raises:
        OSError: A step failed; the job must not run.
    """
    confine_before_filter(fence)
    filter_system_calls(fence.plan)


def confine_before_filter(fence: Fence) -> None:
    """Take everything but the filter of system calls.

    Raises:
        OSError: A step failed; the job must not run.
    """
    plan = fence.plan
    be_first_to_go()
    reset_signals()
    namespaces.enter_inner(plan)
    scratch = enter_files(fence)
    give_up_rights(plan, fence.scratch)
    kernel.die_with_parent()  # after the change of user, which would undo it
    check_alive(fence.supervisor)
    os.umask(PRIVATE_UMASK)
    os.chdir(scratch)
    scrub_environment(scratch)
    limit_resources(fence)
    kernel.forbid_new_privileges()
    kernel.forbid_inspection()
    plan.enter(Layer.LANDLOCK, lambda: landlock.restrict(allowed_files(plan, scratch)))


def filter_system_calls(plan: JailPlan) -> None:
    """Enter the last layer.

    Raises:
        OSError: It failed and must not.
    """
    plan.enter(Layer.SECCOMP, lambda: seccomp.install(os.getpid()))


def be_first_to_go() -> None:
    """Offer this process to the kernel when memory runs out."""
    kernel.allow_inspection()  # without it the file below belongs to root
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_bytes(FIRST_TO_GO)


def enter_files(fence: Fence) -> Path:
    """Enter the private file system and return the scratch folder as seen after it."""
    plan = fence.plan
    owner = plan.user if Layer.USER in plan and plan.user is not None else os.geteuid()
    has_own_processes = Layer.PROCESSES in plan
    plan.enter(
        Layer.FILES,
        lambda: files.enter(fence.scratch, owner, has_own_processes=has_own_processes),
    )
    return files.SCRATCH if Layer.FILES in plan else fence.scratch


def give_up_rights(plan: JailPlan, scratch: Path) -> None:
    """Become the private user, and drop all capabilities."""
    plan.enter(Layer.CAPABILITIES, capabilities.drop_possible)
    user = plan.user
    if user is not None:
        plan.enter(Layer.USER, lambda: become_private(plan, scratch, user))
    plan.enter(Layer.CAPABILITIES, capabilities.drop_held)


def become_private(plan: JailPlan, scratch: Path, user: int) -> None:
    """Become a user that no other process is.

    Raises:
        PermissionError: That user could not read the libraries.
    """
    if Layer.FILES not in plan:
        closed = closed_to_others(readable_paths())
        if closed is not None:
            reason = f"only its owner may enter {str(closed)!r}, where libraries are"
            raise PermissionError(errno.EACCES, reason)
        os.chown(scratch, user, user)
    capabilities.become(user)


def check_alive(handle: int) -> None:
    """Check that a process still runs.

    Raises:
        ProcessLookupError: It is gone.
    """
    if select.select([handle], [], [], 0)[0]:
        raise ProcessLookupError("the supervisor is gone")


def reset_signals() -> None:
    """Give every signal its default action and block none."""
    for number in signal.valid_signals() - _KEPT_SIGNALS - _FIXED_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def limit_resources(fence: Fence) -> None:
    """Set the limits that the kernel itself keeps.

    The processor limit has a soft part one second earlier: its signal lets
    faulthandler note where an endless loop stands. Threads are counted by user, so
    that limit needs a user of the job's own.
    """
    limits = fence.limits
    spent_seconds = math.floor(time.process_time())
    cpu_seconds = spent_seconds + max(1, math.ceil(limits.cpu_seconds))
    may_take = limits.memory_bytes + RESERVED_BYTES
    data_bytes = status_bytes("self", "VmData") + may_take
    address_bytes = status_bytes("self", "VmSize") + may_take + EXTRA_ADDRESS_BYTES
    address_bytes += fence.input_bytes
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, max(1, cpu_seconds - 1), cpu_seconds),
        (resource.RLIMIT_DATA, data_bytes, data_bytes),
        (resource.RLIMIT_AS, address_bytes, address_bytes),
        (resource.RLIMIT_FSIZE, fence.file_bytes, fence.file_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT, OPEN_FILES_LIMIT),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))
    if Layer.USER in fence.plan:
        threads = EXTRA_THREADS + limits.threads
        resource.setrlimit(resource.RLIMIT_NPROC, (threads, threads))


def allowed_files(plan: JailPlan, scratch: Path) -> list[tuple[Path, int]]:
    """Return the rules for Landlock: what may be done beneath which path.

    Where scratch space is only watched, nothing can be removed from it: a file that
    is open but has no name could not be seen growing.
    """
    devices = [(device, landlock.READ_WRITE) for device in DEVICES]
    if Layer.FILES in plan:
        fill = landlock.FILL | landlock.REMOVE
        return [(Path("/"), landlock.READ), *devices, (scratch, fill)]
    shown = (*readable_paths(), *checkpoint_paths())
    libraries = [(path, landlock.READ) for path in shown]
    own = (Path("/proc/self"), landlock.READ)
    return [*libraries, *devices, own, (scratch, landlock.FILL)]
