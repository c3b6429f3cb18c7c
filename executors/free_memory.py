"""How much memory this machine, or the container we run in, has left."""

from pathlib import Path
from typing import NamedTuple

KIBIBYTE = 1024
GROUP = Path("/sys/fs/cgroup")
"""Where a container finds the control group that limits it."""


class _Version(NamedTuple):
    """What a version of control groups calls its files and its page cache."""

    limit: str
    used: str
    statistics: str
    cache: str


_VERSIONS = (
    _Version("memory.max", "memory.current", "memory.stat", "inactive_file"),
    _Version(
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def available_bytes(group: Path = GROUP) -> int:
    """Return the memory that can still be taken without swapping.

    Args:
        group: The control group whose limit holds for us.

    Raises:
        OSError: The kernel does not tell.
    """
    free = _number_of("MemAvailable:", Path("/proc/meminfo"))
    if free is None:
        raise OSError("/proc/meminfo names no available memory")
    return min([free * KIBIBYTE, *_left_in(group)])


def _left_in(group: Path) -> list[int]:
    """Return what a control group leaves, nothing if it sets no limit.

    Pages of files that were not used lately count as used there, but are given back before
    anything is refused.
    """
    for version in _VERSIONS:
        try:
            limit = (group / version.limit).read_text().strip()
            used = int((group / version.used).read_text())
            cached = _number_of(version.cache, group / version.statistics) or 0
        except OSError:
            continue
        if limit.isdecimal():
            return [max(0, int(limit) - max(0, used - cached))]
    return []


def _number_of(name: str, file: Path) -> int | None:
    """Return the number that stands behind a name in a file, None if it is not there."""
    for line in file.read_text().splitlines():
        first, _, rest = line.partition(" ")
        if first == name:
            return int(rest.split()[0])
    return None
