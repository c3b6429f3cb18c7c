"""Jobs wait for memory, never for ever."""

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from executors.admission import OVERHEAD_BYTES, MemoryAdmission

FREE = 1000 + 3 * OVERHEAD_BYTES


def admission(free: int = FREE) -> MemoryAdmission:
    return MemoryAdmission(free=lambda: free)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 2 * FREE), min_size=1, max_size=12))
async def test_the_sum_of_limits_never_passes_what_is_free_unless_one_runs_alone(
    limits: list[int],
) -> None:
    door, done = admission(), 0
    running = 0

    async def job(limit: int) -> None:
        nonlocal running, done
        async with door.admit(limit):
            running += 1
            assert running == 1 or door.reserved_bytes <= FREE
            await anyio.lowlevel.checkpoint()
            running -= 1
        done += 1

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for limit in limits:
                group.start_soon(job, limit)

    assert done == len(limits)
    assert door.reserved_bytes == 0


async def test_a_cancelled_wait_gives_its_turn_to_the_next() -> None:
    door = admission()
    order = []

    async def waits(name: str, limit: int) -> None:
        async with door.admit(limit):
            order.append(name)

    async with anyio.create_task_group() as group, door.admit(900):
        with anyio.move_on_after(0.01):
            await waits("large", FREE)
        group.start_soon(waits, "small", 10)
        await anyio.wait_all_tasks_blocked()

    assert order == ["small"]
    assert door.reserved_bytes == 0


async def test_what_is_held_for_long_leaves_less_for_jobs_but_stops_none() -> None:
    door = admission()

    with door.hold(FREE):
        with anyio.fail_after(1):
            async with door.admit(10):
                with anyio.move_on_after(0.01) as waiting:
                    async with door.admit(10):
                        raise AssertionError

    assert waiting.cancelled_caught
