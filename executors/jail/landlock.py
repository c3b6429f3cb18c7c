"""Landlock: rules for files, sockets and signals that no later step can loosen."""

import os
import struct
from collections.abc import Iterable
from pathlib import Path

from executors.jail.kernel import system_call
from executors.jail.syscalls import number_of

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_REMOVE_DIR = 1 << 4
_REMOVE_FILE = 1 << 5
_MAKE_DIR = 1 << 7
_MAKE_REG = 1 << 8
_REFER = 1 << 13
_TRUNCATE = 1 << 14
# How many kinds of access to files a version of the interface knows (version 1 first).
_FILE_KINDS = (13, 14, 15, 15, 16)
_NETWORK_SINCE, _NETWORK = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11

READ = _READ_FILE | _READ_DIR
READ_WRITE = READ | _WRITE_FILE
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
FILL = READ | _WRITE_FILE | _TRUNCATE | _MAKE_DIR | _MAKE_REG
REMOVE = _REMOVE_DIR | _REMOVE_FILE | _REFER

_VERSION = 1
_PATH_BENEATH = 1


def version() -> int:
    """Return the version of the interface.

    Raises:
        OSError: The kernel has no Landlock, or it is switched off.
    """
    number = number_of("landlock_create_ruleset")
    return system_call("landlock", number, None, 0, _VERSION)


def restrict(allowed: Iterable[tuple[Path, int]]) -> None:
    """Forbid all access to files but some, and all else that this kernel's version can.

    Args:
        allowed: Folders and files with what is allowed beneath them. Those that do
            not exist are left out.

    Raises:
        OSError: The kernel has no Landlock, or refused.
    """
    ruleset = _new_ruleset(version())
    try:
        for path, access in allowed:
            if path.exists():
                _allow(ruleset, path, access & _known_files(version()))
        system_call("landlock", number_of("landlock_restrict_self"), ruleset, 0)
    finally:
        os.close(ruleset)


def _known_files(known: int) -> int:
    kinds = _FILE_KINDS[min(known, len(_FILE_KINDS)) - 1]
    return (1 << kinds) - 1


def _new_ruleset(known: int) -> int:
    network = _NETWORK if known >= _NETWORK_SINCE else 0
    scopes = _SCOPES if known >= _SCOPES_SINCE else 0
    handled = struct.pack("QQQ", _known_files(known), network, scopes)
    # Older kernels know a shorter form; what it leaves out is 0 for them.
    length = 24 if scopes else 16 if network else 8
    number = number_of("landlock_create_ruleset")
    return system_call("landlock", number, handled, length, 0)


def _allow(ruleset: int, path: Path, access: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        kinds = access if path.is_dir() else access & _FILE_ONLY
        rule = struct.pack("=Qi", kinds, place)
        number = number_of("landlock_add_rule")
        system_call("landlock", number, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)
