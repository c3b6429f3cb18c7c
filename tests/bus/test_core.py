"""From an input to its effects and back: the core with small agents and real files."""

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import anyio
import pytest

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus
from bus.core import INBOX_ARRIVALS, Core, Mode
from bus.effects import Arrival, EffectRunner, Outcome
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.inputs import (
    CancelRequested,
    EffectCancelled,
    EffectFailed,
    FitFinished,
    RunStarted,
    Tick,
)
from schemas.sayings import CancelEffects, RunCrashed, RunFinished
from tests.bus.conftest import (
    STARTED_IN_ORDER,
    Crew,
    GatedRunner,
    PatientRunner,
    Scripted,
    fit_job,
    outcome_of,
    run_started,
    settle,
)
from tests.bus.core_runs import (
    commands_in,
    make_core,
    outcomes_in,
    run_through,
    said,
    spoken,
)

CANCEL = Arrival(CancelRequested(reason="SIGINT"), src="user")


@pytest.mark.parametrize("is_reproducible", [True, False])
async def test_a_run_goes_from_its_first_input_to_its_last_word(
    tmp_path: Path, is_reproducible: bool
) -> None:
    path = tmp_path / "j"

    end = await run_through(
        path,
        [Crew(jobs=3, more=4)],
        PatientRunner([2, 0, 1]),
        is_reproducible=is_reproducible,
    )

    events = list(read_journal(path))
    assert end == RunFinished(status="done") == events[-1].body
    assert isinstance(events[0].body, RunStarted)
    assert [event.seq for event in events] == list(range(len(events)))
    assert len(commands_in(path)) == 7
    assert outcomes_in(path).keys() == {e.key for e in commands_in(path)}


async def test_every_outcome_says_which_command_it_answers(tmp_path: Path) -> None:
    path = tmp_path / "j"
    await run_through(path, [Crew(jobs=3, more=4)], PatientRunner([0, 3, 1]))

    events = list(read_journal(path))

    for event in events:
        if event.io == "out" or event.key is None:
            assert event.parent is None or event.parent < event.seq
            continue
        command = events[event.parent or 0]
        assert (command.io, command.key) == ("out", event.key)
        assert event.request_hash == command.request_hash is not None
        assert (event.loop, event.dst) == (command.loop, command.src)
        assert event.t > command.t
        assert event.duration is not None


class Witness:
    """Looks into the journal at the moment an effect begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.found: list[bool] = []

    async def run(self, command: Envelope) -> Outcome:
        written = [event.key for event in read_journal(self._path)]
        self.found.append(command.key in written)
        return outcome_of(command)


async def test_a_command_is_written_before_its_effect_begins(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "j")

    await run_through(tmp_path / "j", [Crew(jobs=4, more=5)], witness)

    assert witness.found == [True] * 9


async def test_what_agents_say_last_is_not_acted_upon_any_more(tmp_path: Path) -> None:
    def answer(_: Envelope) -> Sequence[Statement]:
        voice = Voice("one", 0)
        end = voice.say(RunFinished(status="cancelled"))
        return [end, voice.ask(fit_job(), purpose="late")]

    runner = GatedRunner()
    one = Scripted("one", frozenset({RunStarted}), answer)

    end = await run_through(tmp_path / "j", [one], runner)

    assert end == RunFinished(status="cancelled")
    assert runner.started == []


async def test_effects_that_still_run_at_the_end_are_ended(tmp_path: Path) -> None:
    def answer(event: Envelope) -> Sequence[Statement]:
        voice = Voice("one", 0)
        if isinstance(event.body, RunStarted):
            return [voice.ask(fit_job(), purpose="slow")]
        return [voice.say(RunFinished(status="done"))]

    runner = GatedRunner()
    hears: frozenset[type[Frozen]] = frozenset({RunStarted, CancelRequested})
    agents = [Scripted("one", hears, answer)]
    with JournalWriter(tmp_path / "j") as journal:
        core = make_core(journal, agents, runner)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await settle()
            assert len(runner.running) == 1
            await core.tell(CANCEL)

    assert runner.running == set()


async def cancel_all(
    path: Path,
    runner: EffectRunner,
    after: Callable[[], None] = lambda: None,
    *,
    is_reproducible: bool = False,
) -> None:
    """Run five jobs with two workers, take all back, and do something afterwards."""
    with JournalWriter(path) as journal:
        core = make_core(
            journal, [Crew(jobs=5)], runner, is_reproducible=is_reproducible
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await settle()
            await core.tell(CANCEL)
            await settle()
            after()


@pytest.mark.parametrize("is_reproducible", [True, False])
async def test_effects_that_are_taken_back_are_heard_as_cancelled(
    tmp_path: Path, is_reproducible: bool
) -> None:
    await cancel_all(tmp_path / "j", GatedRunner(), is_reproducible=is_reproducible)

    outcomes = outcomes_in(tmp_path / "j")
    assert len(outcomes) == 5
    assert set(outcomes.values()) == {"effect_cancelled"}


@STARTED_IN_ORDER
async def test_an_outcome_that_waits_for_its_turn_when_it_is_taken_back_is_not_heard(
    tmp_path: Path,
) -> None:
    runner = GatedRunner()
    with JournalWriter(tmp_path / "j") as journal:
        core = make_core(journal, [Crew(jobs=2)], runner, is_reproducible=True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await settle()
            first, second = runner.started
            runner.open(second)
            await settle()
            assert outcomes_in(tmp_path / "j") == {}
            await core.tell(CANCEL)

    outcomes = outcomes_in(tmp_path / "j")
    assert outcomes == {first: "effect_cancelled", second: "effect_cancelled"}


class Stubborn:
    """Finishes its work whatever anybody wants."""

    def __init__(self) -> None:
        self.gate = anyio.Event()

    async def run(self, command: Envelope) -> Outcome:
        with anyio.CancelScope(shield=True):
            await self.gate.wait()
        return outcome_of(command)


async def test_an_outcome_that_arrives_after_its_cancel_is_heard_as_cancelled(
    tmp_path: Path,
) -> None:
    stubborn = Stubborn()

    await cancel_all(tmp_path / "j", stubborn, stubborn.gate.set)

    outcomes = outcomes_in(tmp_path / "j")
    assert len(outcomes) == 5
    assert set(outcomes.values()) == {"effect_cancelled"}


async def test_an_outcome_in_the_inbox_is_too_late_once_it_is_taken_back(
    tmp_path: Path,
) -> None:
    def answer(event: Envelope) -> Sequence[Statement]:
        voice = Voice("one", 0)
        match event.body:
            case RunStarted():
                return [voice.ask(fit_job(n), purpose="fit", n=n) for n in (0, 1)]
            case FitFinished():
                (other,) = {"0", "1"} - {str(asked.index(event.key or ""))}
                return [voice.say(CancelEffects(keys=(asked[int(other)],)))]
            case _:
                return [voice.say(RunFinished(status="done"))]

    asked = [
        Voice("one", 0).ask(fit_job(), purpose="fit", n=n).key or "" for n in (0, 1)
    ]
    hears: frozenset[type[Frozen]] = frozenset(
        {RunStarted, FitFinished, EffectCancelled}
    )
    agents = [Scripted("one", hears, answer)]

    await run_through(tmp_path / "j", agents, PatientRunner([1]))

    assert sorted(outcomes_in(tmp_path / "j").values()) == [
        "effect_cancelled",
        "fit_finished",
    ]


async def test_an_effect_that_raises_is_heard_as_failed(tmp_path: Path) -> None:
    class Broken:
        async def run(self, command: Envelope) -> Outcome:
            raise OSError("no space left")

    path = tmp_path / "j"

    end = await run_through(path, [Crew(jobs=2)], Broken())

    failures = [e.body for e in read_journal(path) if isinstance(e.body, EffectFailed)]
    assert end == RunFinished(status="done")
    assert failures == [EffectFailed(exception="OSError", message="no space left")] * 2


async def test_a_decider_that_raises_ends_the_run_and_its_effects(
    tmp_path: Path,
) -> None:
    def answer(_: Envelope) -> Sequence[Statement]:
        raise ZeroDivisionError("share of nothing")

    runner = GatedRunner()
    agents: list[Agent] = [Crew(jobs=2), Scripted("two", frozenset({Tick}), answer)]
    with JournalWriter(tmp_path / "j") as journal:
        core = make_core(journal, agents, runner)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await settle()
            await core.tell(Arrival(Tick(elapsed_seconds=1.0), src="clock"))

    *_, heard, crash = read_journal(tmp_path / "j")
    assert isinstance(heard.body, Tick)
    assert crash.body == RunCrashed(
        exception="ZeroDivisionError", message="share of nothing"
    )
    assert (crash.src, crash.parent) == ("core", heard.seq)
    assert runner.running == set()


async def test_who_tells_more_than_the_inbox_holds_waits(tmp_path: Path) -> None:
    told = []

    async def tell(core: Core, second: int) -> None:
        await core.tell(Arrival(Tick(elapsed_seconds=second), src="clock"))
        told.append(second)

    ticks = Scripted("ticks", frozenset({Tick}))
    runner = GatedRunner()
    with JournalWriter(tmp_path / "j") as journal:
        core = make_core(journal, [ticks, Crew(jobs=1)], runner)
        async with anyio.create_task_group() as tasks:
            for second in range(INBOX_ARRIVALS + 9):
                tasks.start_soon(tell, core, second)
            await settle()
            assert len(told) == INBOX_ARRIVALS
            tasks.start_soon(core.run, run_started())
            await settle()
            assert len(told) == INBOX_ARRIVALS + 9
            runner.open(*runner.started)

    assert len(ticks.heard) == INBOX_ARRIVALS + 9


async def test_who_tells_something_after_the_end_is_not_punished(
    tmp_path: Path,
) -> None:
    with JournalWriter(tmp_path / "j") as journal:
        core = make_core(journal, [Crew(jobs=1)], PatientRunner([1]))
        await core.run(run_started())
        await core.tell(CANCEL)

    assert not any(
        isinstance(event.body, CancelRequested)
        for event in read_journal(tmp_path / "j")
    )


async def test_who_waits_to_tell_something_when_the_run_ends_is_let_go(
    tmp_path: Path,
) -> None:
    def answer(_: Envelope) -> Sequence[Statement]:
        return [Statement(RunFinished(status="done"))]

    agents = [Scripted("one", frozenset({RunStarted}), answer)]
    with JournalWriter(tmp_path / "j") as journal:
        core = make_core(journal, agents, GatedRunner())
        async with anyio.create_task_group() as tasks:
            for _ in range(INBOX_ARRIVALS + 9):
                tasks.start_soon(core.tell, CANCEL)
            await settle()
            await core.run(run_started())

    assert len(list(read_journal(tmp_path / "j"))) == 2


async def test_observers_see_all_that_was_written_and_change_nothing(
    tmp_path: Path,
) -> None:
    async def run(path: Path, *, is_watched: bool) -> list[Envelope]:
        bus = Bus([Crew(jobs=3, more=3)])
        observer = bus.observe() if is_watched else None
        capacity = Capacity(workers=1)
        now = count()
        mode = Mode(is_reproducible=True, capacity=capacity)
        seen: list[Envelope] = []
        with JournalWriter(path) as journal:
            runner = PatientRunner([1])
            core = Core("r1", bus, journal, runner, mode, lambda: next(now))
            await core.run(run_started())
        if observer is not None:
            async with observer.events:
                seen = [event async for event in observer.events]
        return seen

    seen = await run(tmp_path / "watched", is_watched=True)
    await run(tmp_path / "alone", is_watched=False)

    assert [said(event) for event in seen] == spoken(tmp_path / "watched")
    assert spoken(tmp_path / "watched") == spoken(tmp_path / "alone")


async def test_a_disk_that_fails_ends_the_run_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int, __: memoryview) -> int:
        raise OSError(28, "No space left on device")

    with JournalWriter(tmp_path / "j") as journal:
        runner = GatedRunner()
        bus = Bus([Crew(jobs=1)])
        observer = bus.observe()
        mode = Mode(is_reproducible=False, capacity=Capacity(workers=1))
        core = Core("r1", bus, journal, runner, mode, lambda: 0)
        monkeypatch.setattr("bus.journal.os.write", fail)
        with pytest.raises(ExceptionGroup) as caught:
            await core.run(run_started())

    assert caught.group_contains(OSError, match="No space left")
    assert runner.started == []
    async with observer.events:
        assert [event async for event in observer.events] == []
