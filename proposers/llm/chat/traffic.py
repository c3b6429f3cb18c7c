"""What all loops share on the way to one server: room side by side, a pace, pauses."""

import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

WINDOW_SECONDS = 60.0
DEFAULT_PARALLEL_REQUESTS = 8


@dataclass(frozen=True, slots=True)
class TrafficLimits:
    """What a server takes.

    Attributes:
        parallel: Requests at once.
        requests_per_minute: Requests in any 60 seconds, None for no limit.
        tokens_per_minute: Tokens in any 60 seconds, None for no limit.
    """

    parallel: int = DEFAULT_PARALLEL_REQUESTS
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(slots=True, eq=False)
class Passage:
    """A request that was let through.

    Attributes:
        moment: When, on the traffic's clock.
        tokens: Tokens that count for it; corrected once its usage is known.
    """

    moment: float
    tokens: int


class Traffic:
    """Lets requests through to one server, first come first served.

    Args:
        limits: What the server takes.
        clock: Seconds on a clock that never goes back.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        limits: TrafficLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._limits = limits or TrafficLimits()
        self._clock = clock
        self._sleep = sleep
        self._room = anyio.CapacityLimiter(self._limits.parallel)
        self._line = anyio.Lock()
        self._recent: deque[Passage] = deque()
        self._paused_until = 0.0
        self._successes = 0

    @property
    def parallel(self) -> int:
        """How many requests may be under way at once, as learned so far."""
        return int(self._room.total_tokens)

    @asynccontextmanager
    async def passage(self, tokens: int) -> AsyncIterator[Passage]:
        """Wait for one's turn and hold the room that a request takes.

        Args:
            tokens: The most that the request and its reply may have.
        """
        async with self._room:
            async with self._line:
                while (wait := self._wait_seconds(tokens)) > 0:
                    await self._sleep(wait)
                passage = Passage(self._clock(), tokens)
                self._recent.append(passage)
            yield passage

    def slow_down(self, pause_seconds: float) -> None:
        """Let nobody through for a while, and half as many at once from then on."""
        self._paused_until = max(self._paused_until, self._clock() + pause_seconds)
        self._room.total_tokens = max(1, self.parallel // 2)
        self._successes = 0

    def speed_up(self) -> None:
        """Take note of an answer; after as many as run side by side, one more may."""
        self._successes += 1
        if self._successes >= self.parallel < self._limits.parallel:
            self._room.total_tokens = self.parallel + 1
            self._successes = 0

    def _wait_seconds(self, tokens: int) -> float:
        now = self._clock()
        while self._recent and self._recent[0].moment <= now - WINDOW_SECONDS:
            self._recent.popleft()
        return max(
            self._paused_until - now,
            self._until_few_enough(now),
            self._until_small_enough(tokens, now),
        )

    def _until_few_enough(self, now: float) -> float:
        limit = self._limits.requests_per_minute
        if limit is None or len(self._recent) < limit:
            return 0.0
        return self._recent[-limit].moment + WINDOW_SECONDS - now

    def _until_small_enough(self, tokens: int, now: float) -> float:
        """Seconds until the tokens fit; more than a whole minute's go alone."""
        limit = self._limits.tokens_per_minute
        if limit is None:
            return 0.0
        excess = sum(passage.tokens for passage in self._recent) + tokens - limit
        for passage in self._recent:
            if excess <= 0:
                break
            excess -= passage.tokens
            if excess <= 0 or passage is self._recent[-1]:
                return passage.moment + WINDOW_SECONDS - now
        return 0.0
