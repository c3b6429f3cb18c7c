"""How much memory this machine, or the container we run in, has left."""

from pathlib import Path

KIBIBYTE = 1024
_GROUP = Path("/sys/fs/cgroup")


def available_bytes() -> int:
    """Return the memory that can still be taken without swapping."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            free = int(line.split()[1]) * KIBIBYTE
            break
    else:
        raise OSError("/proc/meminfo names no available memory")
    return min([free, *_left_in_container(_GROUP)])


def _left_in_container(group: Path) -> list[int]:
    """Return what a control group leaves, nothing if it sets no limit."""
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            told = (group / limit).read_text().strip()
            taken = int((group / used).read_text())
        except OSError:
            continue
        if told.isdecimal():
            return [max(0, int(told) - taken)]
    return []
