"""Admits jobs while the sum of their memory limits fits into what is free."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import anyio

from executors.free_memory import available_bytes

# What a job takes beyond its own limit: its supervisor, its pages, its scratch files.
OVERHEAD_BYTES = 32 * 1024**2


class MemoryAdmission:
    """Lets jobs in by memory, first come, first served.

    A job waits until its limit fits beside those of the running ones. One job may
    always run, however large, so that nobody waits for ever. What running jobs have
    not touched yet still counts as theirs.
    """

    def __init__(self, free: Callable[[], int] = available_bytes) -> None:
        """Prepare an admission.

        Args:
            free: Returns the bytes that are free now.
        """
        self._free = free
        self._capacity = free()
        self._reserved = 0
        self._running = 0
        self._waiting: deque[tuple[int, anyio.Event]] = deque()

    @property
    def reserved_bytes(self) -> int:
        """Sum of all limits that were let in."""
        return self._reserved

    @asynccontextmanager
    async def admit(self, limit_bytes: int) -> AsyncIterator[None]:
        """Wait for room for one job, which is given back at the end."""
        needed = limit_bytes + OVERHEAD_BYTES
        await self._enter(needed)
        try:
            yield
        finally:
            self._leave(needed)

    @contextmanager
    def hold(self, limit_bytes: int) -> Iterator[None]:
        """Take room at once, for what lives long beside the jobs."""
        needed = limit_bytes + OVERHEAD_BYTES
        self._reserved += needed
        try:
            yield
        finally:
            self._reserved -= needed
            self._wake()

    async def _enter(self, needed: int) -> None:
        if not self._waiting and self._has_room(needed):
            self._take(needed)
            return
        turn = anyio.Event()
        self._waiting.append((needed, turn))
        with ExitStack() as on_failure:
            on_failure.callback(self._give_up, needed, turn)
            await turn.wait()
            on_failure.pop_all()

    def _give_up(self, needed: int, turn: anyio.Event) -> None:
        """Leave the queue, or the room that was given at the very moment of leaving it."""
        if turn.is_set():
            self._leave(needed)
        else:
            self._waiting.remove((needed, turn))
            self._wake()

    def _has_room(self, needed: int) -> bool:
        if self._running == 0:
            return True
        fits = self._reserved + needed <= self._capacity
        return fits and needed <= self._free()

    def _take(self, needed: int) -> None:
        self._reserved += needed
        self._running += 1

    def _leave(self, needed: int) -> None:
        self._reserved -= needed
        self._running -= 1
        self._wake()

    def _wake(self) -> None:
        if not self._reserved:
            self._capacity = self._free()
        while self._waiting and self._has_room(self._waiting[0][0]):
            needed, turn = self._waiting.popleft()
            self._take(needed)
            turn.set()
