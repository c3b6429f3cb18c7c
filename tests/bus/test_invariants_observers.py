"""R12: who looks on never changes a journal."""

from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from bus.bus import Bus, Observer
from bus.core import Core, Mode
from bus.journal import JournalWriter
from bus.launcher import Capacity
from tests.bus.conftest import STARTED_IN_ORDER, make_history, run_started
from tests.bus.fate import Fate, new_crew


async def run_watched(path: Path, watch: Sequence[str]) -> tuple[bytes, list[Observer]]:
    """A run with observers of these temperaments."""
    with JournalWriter(path) as journal:
        bus = Bus([new_crew()])
        observers = [bus.observe() for _ in watch]
        mode = Mode(is_reproducible=True, capacity=Capacity(workers=2, window=4))
        core = Core(
            "r1",
            bus,
            journal,
            Fate((2, 0, 1), frozenset()),
            mode,
            lambda: 7,
            stopwatch=lambda: 0.0,
        )
        async with anyio.create_task_group() as tasks:
            for observer, temper in zip(observers, watch, strict=True):
                tasks.start_soon(look, observer, temper)
            await core.run(run_started())
            tasks.cancel_scope.cancel()
    return content_of(path), observers


def content_of(path: Path) -> bytes:
    return path.read_bytes()


async def look(observer: Observer, temper: str) -> None:
    async with observer.events:
        async for _ in observer.events:
            if temper == "leaving":
                return
            if temper == "slow":
                await anyio.sleep_forever()


@pytest.mark.parametrize(
    "watch", [["slow"], ["leaving"], ["eager"], ["slow", "leaving", "eager"]]
)
@STARTED_IN_ORDER
async def test_r12_slow_and_leaving_observers_never_change_a_journal(
    watch: list[str], tmp_path: Path
) -> None:
    alone, _ = await run_watched(tmp_path / "alone", [])

    watched, _ = await run_watched(tmp_path / "watched", watch)

    assert watched == alone


async def test_r12_what_does_not_fit_into_a_mailbox_is_counted(tmp_path: Path) -> None:
    observer = Observer(capacity=2)
    with observer.events:
        for event in make_history([new_crew()], [run_started()])[:5]:
            observer.offer(event)
        observer.close()

    assert observer.dropped == 3
