"""Tries, from inside a fence, what each of its layers forbids (in the worker)."""

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from executors.confine import Fence, confine_before_filter, filter_system_calls
from executors.jail import capabilities
from executors.jail.layers import ACTIVE, Layer

HOLDS_NOT = "it could be entered but does not hold"
# Nobody without rights may become this user; it exists nowhere by that number.
_ANOTHER_USER = 1


def print_states(fence: Fence) -> None:
    """Enter all layers that can be entered, try each, and print what came of it.

    Prints one JSON object: `active` or a reason for each layer.
    """
    outside = namespaces_of_this_process()
    confine_before_filter(fence)
    states = {
        layer: tried(check)
        for layer, check in checks(fence, outside).items()
        if layer in fence.plan
    }
    filter_system_calls(fence.plan)
    if Layer.SECCOMP in fence.plan:
        states[Layer.SECCOMP] = tried(system_calls_are_filtered)
    print(json.dumps(states | fence.plan.failures), flush=True)  # noqa: T201


def tried(check: Callable[[], bool]) -> str:
    """Return `active` if a check holds."""
    try:
        return ACTIVE if check() else HOLDS_NOT
    except OSError as error:
        return f"{HOLDS_NOT}: {error}"


def checks(fence: Fence, outside: dict[str, int]) -> dict[Layer, Callable[[], bool]]:
    """Return what to try for each layer but the filter of system calls."""

    def is_new(*kinds: str) -> bool:
        inside = namespaces_of_this_process()
        return all(inside.get(kind) != outside.get(kind) for kind in kinds)

    return {
        Layer.USER: lambda: os.getuid() == (fence.plan.user or 0) and cannot_change(),
        Layer.PROCESSES: lambda: os.getpid() == 1,
        Layer.NETWORK: lambda: [name for _, name in socket.if_nameindex()] == ["lo"],
        Layer.SYSTEM: lambda: is_new("ipc", "uts"),
        Layer.FILES: lambda: is_hidden("/etc/passwd") and is_hidden(fence.scratch),
        Layer.CAPABILITIES: lambda: capabilities.held() == 0,
        Layer.LANDLOCK: links_are_refused,
    }


def namespaces_of_this_process() -> dict[str, int]:
    """Return the number of each namespace, none if `/proc` is not there."""
    folder = Path("/proc/self/ns")
    with suppress(OSError):
        return {path.name: path.stat().st_ino for path in folder.iterdir()}
    return {}


def cannot_change() -> bool:
    """Say whether this process cannot become another user."""
    try:
        os.setresuid(_ANOTHER_USER, _ANOTHER_USER, _ANOTHER_USER)
    except OSError:
        return True
    return False


def is_hidden(path: str | Path) -> bool:
    """Say whether a file outside does not even seem to exist."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return True
    return False


def links_are_refused() -> bool:
    """Say whether scratch space takes files but no links: Landlock alone forbids it."""
    Path("probe").write_text("probe")
    try:
        Path("probe-link").symlink_to("probe")
    except PermissionError:
        return True
    return False


def system_calls_are_filtered() -> bool:
    """Say whether neither a process nor a connection can be made."""
    return all(is_refused(deed) for deed in (fork_and_end, socket.socket))


def fork_and_end() -> None:
    """Make a process that does nothing."""
    if os.fork() == 0:
        os._exit(0)


def is_refused(deed: Callable[[], object]) -> bool:
    """Say whether the kernel refuses a deed."""
    try:
        deed()
    except PermissionError:
        return True
    return False
