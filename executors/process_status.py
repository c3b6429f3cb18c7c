"""Reads what the kernel says about a process's memory."""

from pathlib import Path

KIBIBYTE = 1024


def status_bytes(process: int | str, *fields: str) -> int:
    """Return the sum of some fields of `/proc/<process>/status`, in bytes.

    A process that just ended has no such fields and counts as 0.

    Raises:
        OSError: There is no such process.
    """
    total = 0
    for line in Path(f"/proc/{process}/status").read_bytes().splitlines():
        name, _, value = line.partition(b":")
        if name.decode() in fields:
            total += int(value.split()[0]) * KIBIBYTE
    return total
