"""Special rights and the user of a process, given up for good."""

import ctypes
import os
import struct
from contextlib import suppress

from executors.jail.kernel import PR_CAPBSET_DROP, prctl, system_call
from executors.jail.syscalls import number_of

_VERSION_3 = 0x20080522
_SETS = struct.Struct("6I")
_SYS_ADMIN = 1 << 21
_POSSIBLE = 64
# Above the users that container managers hand out, below the sign bit.
FIRST_PRIVATE_USER = 1_900_000_000


def held() -> int:
    """Return the capabilities that this process may use, as a bit mask."""
    header = struct.pack("Ii", _VERSION_3, 0)
    sets = ctypes.create_string_buffer(_SETS.size)
    system_call("capget", number_of("capget"), header, sets)
    low_effective, low_permitted, _, effective, permitted, _ = _SETS.unpack(sets.raw)
    found: int = low_effective | low_permitted | (effective | permitted) << 32
    return found


def may_administer() -> bool:
    """Say whether this process may make namespaces without a user namespace."""
    return bool(held() & _SYS_ADMIN)


def drop_possible() -> None:
    """Give up the chance to get a capability back by executing a file."""
    for capability in range(_POSSIBLE):
        # Without the right to, nothing is to be dropped; beyond the last, likewise.
        with suppress(OSError):
            prctl(PR_CAPBSET_DROP, capability)


def drop_held() -> None:
    """Give up all capabilities.

    Raises:
        OSError: The kernel refused.
    """
    header = struct.pack("Ii", _VERSION_3, 0)
    system_call("capset", number_of("capset"), header, bytes(_SETS.size))


def private_user(process: int) -> int:
    """Return the number of a user that only this process will be.

    Args:
        process: A process id that is unique on this machine.
    """
    return FIRST_PRIVATE_USER + process


def become(user: int) -> None:
    """Become a user with a group of the same number and no others.

    Raises:
        OSError: This process may not, or the number has no meaning here.
    """
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
