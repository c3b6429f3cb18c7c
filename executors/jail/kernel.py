"""Calls into the Linux kernel that Python has no function for."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

Argument = int | bytes | None | ctypes.Array[ctypes.c_char]


def system_call(name: str, number: int, *arguments: Argument) -> int:
    """Make a system call.

    Args:
        name: What errors call it.
        number: Its number on this machine.
        arguments: Numbers, and bytes or buffers that are passed by address.

    Raises:
        OSError: The kernel refused.
    """
    passed = [
        ctypes.c_long(argument) if isinstance(argument, int) else argument
        for argument in arguments
    ]
    ctypes.set_errno(0)
    result: int = _libc.syscall(ctypes.c_long(number), *passed)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def prctl(option: int, value: int = 0) -> int:
    """Change or read a property of this process.

    Raises:
        OSError: The kernel refused.
    """
    zero = ctypes.c_ulong(0)
    result: int = _libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}, {value}): {os.strerror(code)}")
    return result


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def forbid_inspection() -> None:
    """Forbid core dumps of this process and tracing by others of the same user."""
    prctl(PR_SET_DUMPABLE, 0)


def allow_inspection() -> None:
    """Give this process its own files under `/proc` back."""
    prctl(PR_SET_DUMPABLE, 1)


def adopt_orphans() -> None:
    """Make this process the new parent of descendants whose own parent ended."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> None:
    """Let nothing that this process executes gain privileges; cannot be undone."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
