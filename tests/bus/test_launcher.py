"""Effects start when there is room, and each sends exactly one arrival home."""

import errno
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.effects import Arrival, EffectRunner, Outcome, TakeBack, nothing_left
from bus.launcher import Capacity, Launcher
from schemas.asks import FeatureAsk
from schemas.commands import Combine, PrepareTable, Propose
from schemas.envelope import Command, Cost, Envelope
from schemas.inputs import EffectCancelled, EffectFailed, FitFinished
from tests.bus.conftest import (
    STARTED_IN_ORDER,
    GatedRunner,
    fit_finished,
    fit_job,
    make_envelope,
    settle,
)

ASK = Propose(ask=FeatureAsk(round=0))
COMBINE = Combine(pool=(), is_final=False)


@dataclass
class Bench:
    """A launcher with effects that wait for the test."""

    launcher: Launcher
    runner: GatedRunner
    arrivals: list[Arrival] = field(default_factory=list)
    launched: list[str] = field(default_factory=list)

    def launch(self, *bodies: Command) -> tuple[str, ...]:
        """Launch commands and return their keys."""
        keys = []
        for body in bodies:
            seq = len(self.launched)
            self.launched.append(f"{seq:x}")
            command = make_envelope(body, seq=seq, key=self.launched[-1])
            self.launcher.launch(command)
            keys.append(self.launched[-1])
        return tuple(keys)

    async def finish(self, *keys: str) -> None:
        """Let effects end and wait until all that follows has happened."""
        self.runner.open(*keys)
        await settle()

    def outcomes(self) -> dict[str, type]:
        """The kind of what came home, by key."""
        return {arrival.key or "": type(arrival.body) for arrival in self.arrivals}


@asynccontextmanager
async def launching(
    capacity: Capacity,
    runner: EffectRunner | None = None,
    take_back: TakeBack = nothing_left,
) -> AsyncIterator[Bench]:
    gated = GatedRunner()
    arrivals: list[Arrival] = []

    async def send(arrival: Arrival) -> None:
        await anyio.lowlevel.checkpoint()
        arrivals.append(arrival)

    launcher = Launcher(runner or gated, send, capacity, take_back=take_back)
    async with anyio.create_task_group() as tasks:
        launcher.start(tasks)
        yield Bench(launcher, gated, arrivals)
        tasks.cancel_scope.cancel()


@STARTED_IN_ORDER
async def test_no_more_jobs_than_workers_run_at_once() -> None:
    async with launching(Capacity(workers=3)) as bench:
        keys = bench.launch(*[fit_job()] * 8)
        await settle()
        assert bench.runner.started == list(keys[:3])
        for done, key in enumerate(keys, start=1):
            await bench.finish(key)
            assert len(bench.runner.started) == min(8, done + 3)

        assert bench.runner.most_running == 3
        assert [arrival.key for arrival in bench.arrivals] == list(keys)


@STARTED_IN_ORDER
async def test_a_window_holds_back_jobs_until_outcomes_are_heard() -> None:
    async with launching(Capacity(workers=2, window=4)) as bench:
        keys = bench.launch(*[fit_job()] * 7)
        await bench.finish(*keys)
        assert bench.runner.started == list(keys[:4])

        bench.launcher.heard(keys[0])
        await settle()
        assert bench.runner.started == list(keys[:5])

        for key in keys:
            bench.launcher.heard(key)
            await settle()
        assert bench.runner.started == list(keys)


async def test_without_a_window_nobody_needs_to_listen() -> None:
    async with launching(Capacity(workers=1)) as bench:
        keys = bench.launch(*[fit_job()] * 40)
        bench.runner.open(*keys)
        while len(bench.arrivals) < 40:
            await settle()

        assert bench.runner.started == list(keys)


async def test_of_waiting_jobs_the_most_urgent_runs_first() -> None:
    async with launching(Capacity(workers=1)) as bench:
        first = bench.launch(fit_job(priority=9))
        rest = bench.launch(*[fit_job(priority=p) for p in (5, 1, 3, 1)])
        await bench.finish(*first, *rest)
        await settle()

        started = bench.runner.started
        assert started == [*first, rest[1], rest[3], rest[2], rest[0]]


async def test_first_come_jobs_run_in_the_order_of_issue() -> None:
    async with launching(Capacity(workers=1, is_first_come=True)) as bench:
        keys = bench.launch(*[fit_job(priority=p) for p in (5, 1, 3, 1)])
        await bench.finish(*keys)
        await settle()

        assert bench.runner.started == list(keys)


async def test_a_waiting_job_that_is_taken_back_never_starts() -> None:
    async with launching(Capacity(workers=1)) as bench:
        running, waiting, last = bench.launch(*[fit_job()] * 3)
        await settle()
        bench.launcher.cancel((waiting,))
        await bench.finish(running, waiting, last)

        assert bench.runner.started == [running, last]
        assert bench.outcomes()[waiting] is EffectCancelled
        assert Counter(arrival.key for arrival in bench.arrivals) == Counter(
            [running, waiting, last]
        )


async def test_a_running_job_that_is_taken_back_makes_room_for_the_next() -> None:
    async with launching(Capacity(workers=1)) as bench:
        running, waiting = bench.launch(*[fit_job()] * 2)
        await settle()
        bench.launcher.cancel((running,))
        await settle()
        assert bench.runner.running == {waiting}
        await bench.finish(waiting, running)

        assert [arrival.key for arrival in bench.arrivals] == [running, waiting]
        outcomes = bench.outcomes()
        assert outcomes[running] is EffectCancelled
        assert outcomes[waiting] is FitFinished


async def test_a_job_that_is_taken_back_before_its_task_began_comes_home_once() -> None:
    async with launching(Capacity(workers=2)) as bench:
        keys = bench.launch(fit_job(), fit_job(), ASK, fit_job())
        bench.launcher.cancel(keys)
        await settle()

        assert bench.runner.running == set()
        assert Counter(arrival.key for arrival in bench.arrivals) == Counter(keys)
        assert set(bench.outcomes().values()) == {EffectCancelled}


async def test_taking_back_what_is_over_or_unknown_does_nothing() -> None:
    async with launching(Capacity(workers=2)) as bench:
        (key,) = bench.launch(fit_job())
        await bench.finish(key)
        bench.launcher.cancel((key, "unknown"))
        bench.launcher.cancel((key,))
        await settle()

        assert bench.outcomes() == {key: FitFinished}
        assert len(bench.arrivals) == 1


@STARTED_IN_ORDER
async def test_an_effect_that_raises_comes_home_as_failed_and_alone() -> None:
    async with launching(Capacity(workers=2)) as bench:
        broken, sound, following = bench.launch(*[fit_job()] * 3)
        bench.runner.errors[broken] = OSError("no space left: 'na\udcefve'")
        await bench.finish(broken, sound, following)

        assert bench.outcomes() == {
            broken: EffectFailed,
            sound: FitFinished,
            following: FitFinished,
        }
        assert bench.arrivals[0].body == EffectFailed(
            exception="OSError", message="no space left: 'na?ve'"
        )


@pytest.mark.parametrize(
    ("body", "capacity", "at_once"),
    [
        (ASK, Capacity(workers=1, proposals=3), 3),
        (COMBINE, Capacity(workers=9), 1),
        (PrepareTable(), Capacity(workers=1), 5),
    ],
)
@STARTED_IN_ORDER
async def test_every_kind_of_effect_has_a_bound_of_its_own(
    body: Command, capacity: Capacity, at_once: int
) -> None:
    async with launching(capacity) as bench:
        keys = bench.launch(*[body] * 5)
        await settle()
        assert len(bench.runner.running) == at_once
        await bench.finish(*keys)
        await settle()

        assert bench.runner.most_running == at_once
        assert bench.runner.started == list(keys)
        assert len(bench.arrivals) == 5


@STARTED_IN_ORDER
async def test_an_ask_that_is_taken_back_while_it_waits_for_its_turn_never_starts() -> (
    None
):
    async with launching(Capacity(workers=1, proposals=1)) as bench:
        first, second, third = bench.launch(ASK, ASK, ASK)
        await settle()
        bench.launcher.cancel((second,))
        await bench.finish(first, second, third)

        assert bench.runner.started == [first, third]
        assert bench.outcomes()[second] is EffectCancelled
        assert len(bench.arrivals) == 3


class Busy:
    """Cannot be interrupted, and says what it took."""

    def __init__(self) -> None:
        self.gate = anyio.Event()

    async def run(self, command: Envelope) -> Outcome:
        with anyio.CancelScope(shield=True):
            await self.gate.wait()
        return Outcome(fit_finished(0.5), Cost(cpu_seconds=2.0, tokens=7))


async def test_what_an_effect_took_comes_home_with_it() -> None:
    busy = Busy()
    async with launching(Capacity(workers=1), busy) as bench:
        (key,) = bench.launch(fit_job())
        busy.gate.set()
        await settle()

        (arrival,) = bench.arrivals
        assert (arrival.key, arrival.src) == (key, "effects")
        assert arrival.cost == Cost(cpu_seconds=2.0, tokens=7)
        assert arrival.duration is not None
        assert arrival.duration >= 0.0


async def test_what_an_effect_took_is_told_also_if_it_is_taken_back_or_fails() -> None:
    cost = Cost(calls=1, tokens=9_000)

    class Failing:
        async def run(self, command: Envelope) -> Outcome:
            if command.body == ASK:
                await anyio.sleep_forever()
            raise RuntimeError("a bug")

    def take_back(command: Envelope) -> Outcome:
        return Outcome(EffectCancelled(), cost)

    async with launching(Capacity(workers=1), Failing(), take_back) as bench:
        keys = bench.launch(ASK, fit_job())
        await settle()
        bench.launcher.cancel(keys)
        await settle()

        assert set(bench.outcomes().values()) == {EffectCancelled, EffectFailed}
        assert [arrival.cost for arrival in bench.arrivals] == [cost, cost]


async def test_an_effect_that_cannot_be_interrupted_still_comes_home_only_once() -> (
    None
):
    busy = Busy()
    async with launching(Capacity(workers=1), busy) as bench:
        (key,) = bench.launch(fit_job())
        await settle()
        bench.launcher.cancel((key,))
        await settle()
        assert bench.arrivals == []
        busy.gate.set()
        await settle()

        assert [arrival.key for arrival in bench.arrivals] == [key]


def test_nothing_is_launched_before_there_are_tasks() -> None:
    async def send(_: Arrival) -> None:
        raise AssertionError("nothing can arrive")

    launcher = Launcher(GatedRunner(), send, Capacity(workers=1))

    with pytest.raises(RuntimeError, match="was not started"):
        launcher.launch(make_envelope(ASK, key="k"))


@settings(max_examples=60)
@given(data=st.data())
async def test_whatever_happens_each_effect_comes_home_exactly_once(
    data: st.DataObject,
) -> None:
    workers = data.draw(st.integers(1, 3), "workers")
    window = data.draw(st.none() | st.integers(1, 4), "window")
    capacity = Capacity(workers=workers, window=window, proposals=2)
    async with launching(capacity) as bench:
        bodies: list[Command] = [fit_job(), fit_job(priority=2), ASK, COMBINE]
        for _ in range(data.draw(st.integers(1, 12), "steps")):
            body = data.draw(st.sampled_from(bodies), "launch")
            bench.launch(body)
            known = st.sampled_from(bench.launched)
            bench.launcher.cancel(tuple(data.draw(st.lists(known, max_size=2))))
            bench.runner.open(*data.draw(st.lists(known, max_size=2), "finish"))
            if data.draw(st.booleans(), "wait"):
                await settle()
        while len(bench.arrivals) < len(bench.launched):
            bench.runner.open(*bench.launched)
            for key in bench.outcomes():
                bench.launcher.heard(key)
            await settle()

        assert sorted(a.key or "" for a in bench.arrivals) == sorted(bench.launched)
        assert len(bench.runner.started) == len(set(bench.runner.started))
        assert not bench.runner.running


@settings(max_examples=20)
@given(
    workers=st.integers(1, 4),
    window=st.none() | st.integers(1, 5),
    order=st.permutations(range(9)),
)
async def test_workers_and_window_are_never_exceeded(
    workers: int, window: int | None, order: list[int]
) -> None:
    async with launching(Capacity(workers=workers, window=window)) as bench:
        keys = bench.launch(*[fit_job()] * 9)
        heard: set[str] = set()
        while len(heard) < len(keys):
            await settle()
            unheard = set(bench.runner.started) - heard
            assert len(bench.runner.running) <= workers
            assert window is None or len(unheard) <= window
            key = next(keys[n] for n in order if keys[n] in unheard)
            await bench.finish(key)
            bench.launcher.heard(key)
            heard.add(key)

        assert bench.runner.most_running <= workers
        assert bench.outcomes() == dict.fromkeys(keys, FitFinished)


class FullDisk:
    """An effect that finds the disk full."""

    async def run(self, command: Envelope) -> Outcome:
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_is_no_outcome_and_stops_the_run() -> None:
    full = pytest.RaisesExc(OSError, match="No space left on device")

    with pytest.RaisesGroup(full, flatten_subgroups=True):
        async with launching(Capacity(workers=1), FullDisk()) as bench:
            bench.launch(PrepareTable())
            await anyio.sleep_forever()

    assert bench.outcomes() == {}
