"""Memory that a process and all that it starts take together."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

PROCESSES = Path("/proc")
PAUSE_SECONDS = 0.5
KILOBYTE = 1024


class PeakMemory:
    """Looks twice a second at a process and its descendants while it is entered.

    Attributes:
        peak_bytes: The largest sum of proportional set sizes: pages that are shared
            count once.
    """

    def __init__(self, process: int) -> None:
        self.process = process
        self.peak_bytes = 0
        self._end = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop looking."""
        self._end.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._end.wait(PAUSE_SECONDS):
            now = sum(map(proportional_bytes, descendants(self.process)))
            self.peak_bytes = max(self.peak_bytes, now)


def descendants(process: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in PROCESSES.glob("[0-9]*/stat"):
        try:
            after_name = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after_name[1]), []).append(int(path.parent.name))
    found = [process]
    for one in found:
        found += children.get(one, [])
    return found


def proportional_bytes(process: int) -> int:
    """Proportional set size of a process; 0 if it is gone."""
    try:
        lines = (PROCESSES / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    sizes = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    return KILOBYTE * sum(sizes)
