"""The whole team at work in a simulated world, with the real core and journal."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import anyio
import anyio.lowlevel

from agents.team import build_agents
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Arrival
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from schemas.inputs import CancelRequested, RunStarted, Tick
from schemas.settings import RunSettings
from tests.agents.story import Story
from tests.agents.world import World

SECONDS_A_TICK = 0.25
REPRODUCIBLE_WINDOW = 16


@dataclass
class Clock:
    """Ticks, and perhaps the user's wish to stop.

    Attributes:
        turns: Turns of the loop between two ticks.
        cancel_after: Ticks after which the user wants to stop, or None.
        ticks: Whether the run hears the ticks.
    """

    turns: int = 8
    cancel_after: int | None = None
    ticks: bool = True

    async def go(self, core: Core) -> None:
        """Go on for ever."""
        for number in count(1):
            for _ in range(self.turns):
                await anyio.lowlevel.checkpoint()
            if number == self.cancel_after:
                wish = CancelRequested(reason="SIGINT")
                await core.tell(Arrival(wish, src="user"))
            if self.ticks:
                tick = Tick(elapsed_seconds=number * SECONDS_A_TICK)
                await core.tell(Arrival(tick, src="clock"))


async def simulate(
    path: Path,
    settings: RunSettings,
    world: World,
    clock: Clock | None = None,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Story:
    """Let the whole team work in a world, with the real core and the real journal."""
    is_reproducible = settings.trials is not None
    capacity = Capacity(
        workers=settings.workers,
        window=REPRODUCIBLE_WINDOW if is_reproducible else None,
        is_first_come=is_reproducible,
    )
    mode = Mode(is_reproducible, capacity, world.live_lane)
    now = count(1_000_000)
    opening = RunStarted(settings=settings, versions=(), fingerprint="f")
    with JournalWriter(path) as journal:
        bus = Bus(build_agents(settings))
        core = Core(
            "r1", bus, journal, world, mode, lambda: next(now), stopwatch=stopwatch
        )
        async with anyio.create_task_group() as tasks:
            if clock is not None:
                tasks.start_soon(clock.go, core)
            end = await core.run(opening)
            tasks.cancel_scope.cancel()
    return Story(path, list(read_journal(path)), end)
