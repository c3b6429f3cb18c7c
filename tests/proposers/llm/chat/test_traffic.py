"""Loops share a server: so many at once, so many a minute, and pauses for all."""

from typing import TYPE_CHECKING

import anyio
import pytest

from proposers.llm.chat.traffic import Traffic, TrafficLimits

if TYPE_CHECKING:
    from tests.proposers.llm.fake_clock import FakeClock


def traffic(clock: "FakeClock", **limits: int) -> Traffic:
    return Traffic(TrafficLimits(**limits), clock, clock.sleep)


async def pass_through(made: Traffic, *tokens: int) -> None:
    for amount in tokens:
        async with made.passage(amount):
            pass


async def test_no_more_requests_are_under_way_than_allowed(clock: "FakeClock") -> None:
    made = traffic(clock, parallel=3)
    inside, most = 0, 0
    release = anyio.Event()

    async def ask() -> None:
        nonlocal inside, most
        async with made.passage(1):
            inside += 1
            most = max(most, inside)
            await release.wait()
            inside -= 1

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert inside == 3
        release.set()

    assert most == 3


async def test_requests_in_a_minute_are_counted(clock: "FakeClock") -> None:
    made = traffic(clock, requests_per_minute=2)

    await pass_through(made, 1, 1)
    assert clock.now == 0.0
    clock.now = 10.0
    await pass_through(made, 1)
    assert clock.now == 60.0
    await pass_through(made, 1, 1)
    assert clock.now == 120.0


async def test_tokens_in_a_minute_are_counted(clock: "FakeClock") -> None:
    made = traffic(clock, tokens_per_minute=100)

    await pass_through(made, 60, 40)
    assert clock.now == 0.0
    await pass_through(made, 50)
    assert clock.now == 60.0
    await pass_through(made, 50)
    assert clock.now == 60.0
    await pass_through(made, 1)
    assert clock.now == 120.0


async def test_a_request_of_more_tokens_than_a_minute_has_goes_alone(
    clock: "FakeClock",
) -> None:
    made = traffic(clock, tokens_per_minute=100)

    await pass_through(made, 500)
    assert clock.now == 0.0
    await pass_through(made, 500)
    assert clock.now == 60.0


async def test_what_a_reply_did_not_take_is_given_back(clock: "FakeClock") -> None:
    made = traffic(clock, tokens_per_minute=100)

    async with made.passage(90) as passage:
        passage.tokens = 10
    await pass_through(made, 90)

    assert clock.now == 0.0


async def test_a_pause_holds_everybody(clock: "FakeClock") -> None:
    made = traffic(clock, parallel=4)
    moments: list[float] = []

    async def ask() -> None:
        async with made.passage(1):
            moments.append(clock.now)

    made.slow_down(7.0)
    made.slow_down(3.0)
    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(ask)

    assert moments == [7.0] * 4
    assert clock.sleeps == [7.0]


async def test_a_busy_server_gets_half_and_then_slowly_more(
    clock: "FakeClock",
) -> None:
    made = traffic(clock, parallel=8)

    made.slow_down(1.0)
    assert made.parallel == 4
    for _ in range(3):
        made.speed_up()
    assert made.parallel == 4
    made.speed_up()
    assert made.parallel == 5
    for _ in range(100):
        made.speed_up()
    assert made.parallel == 8
    for _ in range(9):
        made.slow_down(1.0)
    assert made.parallel == 1


@pytest.mark.parametrize("limits", [{"parallel": 1}, {"requests_per_minute": 1}])
async def test_who_gives_up_waiting_frees_the_place(
    clock: "FakeClock", limits: dict[str, int]
) -> None:
    made = traffic(clock, **limits)

    async with anyio.create_task_group() as tasks, made.passage(1):
        tasks.start_soon(pass_through, made, 1)
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()

    clock.now += 60.0
    with anyio.fail_after(1):
        await pass_through(made, 1)


async def test_first_come_is_first_served(clock: "FakeClock") -> None:
    made = traffic(clock, parallel=1)
    served: list[int] = []

    async def ask(number: int) -> None:
        async with made.passage(1):
            served.append(number)

    async with anyio.create_task_group() as tasks, made.passage(1):
        for number in range(6):
            tasks.start_soon(ask, number)
            await anyio.wait_all_tasks_blocked()

    assert served == [0, 1, 2, 3, 4, 5]
