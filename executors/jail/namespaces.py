"""Namespaces: a user, processes, a network and names of a job's own."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from executors.jail import capabilities
from executors.jail.kernel import allow_inspection, system_call
from executors.jail.layers import Layer
from executors.jail.plan import JailPlan
from executors.jail.syscalls import number_of

NEW_MOUNTS = 0x00020000
_NEW_CONTROL_GROUPS = 0x02000000
_NEW_HOST_NAME = 0x04000000
_NEW_IPC = 0x08000000
_NEW_USER = 0x10000000
_NEW_PROCESSES = 0x20000000
_NEW_NETWORK = 0x40000000

# Root inside, so that an exec keeps the rights to build the jail; they end with it.
INNER_USER = 0
_NEEDS_USER = (Layer.PROCESSES, Layer.NETWORK, Layer.SYSTEM, Layer.FILES)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones.

    Raises:
        OSError: The kernel refused.
    """
    system_call("unshare", number_of("unshare"), flags)


def enter_outer(plan: JailPlan) -> None:
    """Enter, in the supervisor, what only a fork after it makes effective.

    A privileged supervisor needs no user namespace: its child becomes another user. For
    any other it is what makes all further namespaces possible.

    Raises:
        OSError: A layer failed and must not.
    """
    if capabilities.may_administer():
        plan.user = capabilities.private_user(os.getpid())
    else:
        plan.enter(Layer.USER, _enter_user_namespace)
        if Layer.USER not in plan and plan.is_tolerant:
            why = plan.failures.get(Layer.USER, "needs a private user")
            plan.give_up(_NEEDS_USER, why)
    plan.enter(Layer.PROCESSES, lambda: unshare(_NEW_PROCESSES))


def enter_inner(plan: JailPlan) -> None:
    """Enter, in the child, the namespaces that hold no files.

    Raises:
        OSError: A layer failed and must not.
    """
    plan.enter(Layer.NETWORK, lambda: unshare(_NEW_NETWORK))
    plan.enter(Layer.SYSTEM, _enter_system)


def _enter_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    allow_inspection()  # without it the files below belong to root
    unshare(_NEW_USER)
    own = Path("/proc/self")
    with suppress(FileNotFoundError):
        (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{INNER_USER} {user} 1")
    (own / "gid_map").write_text(f"{INNER_USER} {group} 1")


def _enter_system() -> None:
    unshare(_NEW_IPC | _NEW_HOST_NAME)
    try:
        unshare(_NEW_CONTROL_GROUPS)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a kernel without control groups
            raise
