"""A journal that is killed at a write."""

from collections.abc import Sequence
from pathlib import Path

from bus.journal import JournalWriter
from schemas.envelope import Cost, Envelope


class Killed(BaseException):
    """What SIGKILL is to a process: nothing catches it."""


class DyingJournal(JournalWriter):
    """Dies at a write: before it, or after it with what was decided not yet done."""

    def __init__(
        self,
        path: Path,
        costs: list[Cost | None],
        writes: int | None,
        *,
        is_written: bool,
    ) -> None:
        super().__init__(path)
        self._costs = costs
        self._left = writes
        self._is_written = is_written

    def append(self, events: Sequence[Envelope]) -> None:
        is_last = self._left == 0
        if self._is_written or not is_last:
            super().append(events)
            self._costs += [event.cost for event in events]
        if is_last:
            raise Killed
        if self._left is not None:
            self._left -= 1
