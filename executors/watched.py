"""A running child as its supervisor sees it: what it takes and what it may take."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from executors.jail.files import SCRATCH_BYTES, SCRATCH_FILES
from executors.process_status import status_bytes
from schemas.jobs import JobLimits

BLOCK_BYTES = 512
# How long an interpreter that starts afresh may take to load the libraries.
LOADING_SECONDS = 120.0
LOADED_BYTES_LIMIT = 2 * 1024**3


@dataclass(slots=True)
class Watched:
    """A running child and what its supervisor holds of it.

    Attributes:
        process: Process id.
        handle: Process descriptor.
        output: Our end of the pipe to which it prints.
        trace: Memory file for its last stack.
        files: Memory files that it writes to.
        ready: Where it says that its work begins and what it takes by then; None if its
            work begins at once.
        came_with_bytes: What it took when its work began.
        scratch: Its scratch folder if that is only watched, not limited by the kernel.
        deadline: When it is ended, by the monotonic clock.
        memory_bytes: What it may take together with what it came with.
        printed: The start of what it printed.
        printed_bytes: How much that was in all.
    """

    process: int
    handle: int
    output: int
    trace: int
    files: tuple[int, int]
    ready: int | None
    scratch: Path | None
    limits: JobLimits
    input_bytes: int
    came_with_bytes: int = 0
    started: float = field(default_factory=time.monotonic)
    deadline: float = 0.0
    memory_bytes: int = 0
    printed: bytearray = field(default_factory=bytearray)
    printed_bytes: int = 0

    def __post_init__(self) -> None:
        """Begin the work, or wait for it to begin."""
        if self.ready is None:
            begin_work(self, self.came_with_bytes)
        else:
            self.deadline = self.started + LOADING_SECONDS
            self.memory_bytes = self.limits.memory_bytes + LOADED_BYTES_LIMIT


def begin_work(child: Watched, came_with_bytes: int) -> None:
    """Count time from now on, and memory from what the child came with.

    That is never looked up here: by now the child may have taken much more.
    """
    child.started = time.monotonic()
    child.deadline = child.started + child.limits.wall_seconds
    child.came_with_bytes = came_with_bytes
    may_take = child.limits.memory_bytes + child.input_bytes
    child.memory_bytes = came_with_bytes + may_take


def memory_of(child: Watched) -> int:
    """Return the child's private and shared memory with the files it writes to."""
    try:
        resident = resident_bytes(child.process)
    except OSError:
        return 0  # it is gone; the poll will say so
    return resident + sum(os.fstat(f).st_blocks * BLOCK_BYTES for f in child.files)


def resident_bytes(process: int | str) -> int:
    """Return the private and shared memory of a process.

    Raises:
        OSError: There is no such process.
    """
    return status_bytes(process, "RssAnon", "RssShmem", "VmSwap")


def is_overfull(scratch: Path) -> bool:
    """Say whether a scratch folder holds more than it may."""
    files = size = 0
    for entry in _entries(scratch):
        try:
            size += entry.stat(follow_symlinks=False).st_blocks * BLOCK_BYTES
        except OSError:
            continue  # removed just now
        files += 1
        if files > SCRATCH_FILES or size > SCRATCH_BYTES:
            return True
    return False


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Walk a folder without following links, however it changes meanwhile."""
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    yield entry
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue  # removed just now, or closed to us
