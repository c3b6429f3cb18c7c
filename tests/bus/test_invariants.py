"""What holds for every journal, however long effects took, failed, were cancelled or cut off.

A machine of hypothesis starts a run, kills it at any write, tears bytes off its journal,
takes it up again, and checks after each step. R1 to R16 are the invariants of the design.
"""

import copy
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bus.agent import Agent, Statement, Voice
from bus.bus import Bus, Observer
from bus.core import Core, Mode
from bus.effects import Arrival, Outcome
from bus.history import History
from bus.journal import JournalWriter, cut_torn_tail, read_journal
from bus.launcher import Capacity
from bus.open_effects import OpenEffects
from bus.reactor import Reactor
from bus.receipts import Receipts
from bus.replay import Replayer
from schemas.envelope import Cost, Envelope
from schemas.inputs import (
    CancelRequested,
    FitFinished,
    SessionStarted,
    Tick,
)
from schemas.sayings import LoopClosed, RunFinished
from schemas.settings import RunSettings
from tests.bus.conftest import (
    Crew,
    fit_finished,
    make_history,
    outcome_of,
    run_started,
)

SESSION = SessionStarted(versions=(), fingerprint="f")
CANCEL = Arrival(CancelRequested(reason="SIGINT"), src="user")
WORKERS = 3


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


@dataclass
class Fate:
    """What becomes of effects in a session.

    Attributes:
        turns: How long each takes, in the order in which they begin.
        failing: Which of them raise.
        launched: Keys in the order in which they began.
    """

    turns: Sequence[int]
    failing: frozenset[int]
    launched: list[str] = field(default_factory=list)

    async def run(self, command: Envelope) -> Outcome:
        number = len(self.launched)
        self.launched.append(command.key or "")
        for _ in range(self.turns[number % len(self.turns)]):
            await anyio.lowlevel.checkpoint()
        if number in self.failing:
            raise ValueError(f"effect {number} broke")
        return Outcome(outcome_of(command).body, Cost(tokens=number, money=0.25))


FATES = st.builds(
    Fate,
    turns=st.lists(st.integers(0, 5), min_size=1, max_size=5),
    failing=st.frozensets(st.integers(0, 9), max_size=2),
)


def new_crew() -> Crew:
    return Crew(jobs=5, more=6)


class RunOfCrew(RuleBasedStateMachine):
    """One run of a crew through any number of sessions."""

    is_in_order = True

    @initialize(fate=FATES, writes=st.none() | st.integers(0, 9), written=st.booleans())
    def start(self, fate: Fate, writes: int | None, written: bool) -> None:
        self._folder = TemporaryDirectory()
        self.path = Path(self._folder.name) / "events.jsonl"
        self.launches: Counter[str] = Counter()
        self.crashes = 0
        self.costs: list[Cost | None] = []
        self.kept = b""
        self._work(fate, writes, is_written=written, cancel_after=None)

    def teardown(self) -> None:
        if hasattr(self, "path"):
            self._go_on_to_the_end()
            self._folder.cleanup()

    def _go_on_to_the_end(self) -> None:
        """R2, R3, R4: the run ends, and taking it up once more changes nothing."""
        if self.path.read_bytes().count(b"\n"):
            self._work(Fate((0, 2), frozenset()), None, is_written=True)
            whole = self.path.read_bytes()
            assert isinstance(self._last().body, RunFinished)
            again = Fate((0,), frozenset())
            self._work(again, None, is_written=True)
            assert self.path.read_bytes() == whole
            assert again.launched == []
            self.r1_a_replay_says_the_same_and_carries_nothing_out()
            self.r8_an_effect_is_launched_once_and_once_more_for_each_crash()

    # -- what happens to a run

    @rule(
        fate=FATES,
        writes=st.none() | st.integers(0, 9),
        written=st.booleans(),
        cancel_after=st.none() | st.integers(0, 12),
    )
    def take_up(
        self, fate: Fate, writes: int | None, written: bool, cancel_after: int | None
    ) -> None:
        if not self.path.read_bytes():
            return
        self._work(fate, writes, is_written=written, cancel_after=cancel_after)

    @precondition(lambda self: self.crashes)
    @rule(size=st.integers(1, 400))
    def lose_power(self, size: int) -> None:
        """What had not reached the disk is gone, up to any byte."""
        content = self.path.read_bytes()
        first = content.find(b"\n") + 1
        left = max(first, len(content) - size)
        self.path.write_bytes(content[:left])
        self.kept = content[: content[:left].rfind(b"\n") + 1]
        self.costs = [event.cost for event in self._events()]
        self.crashes += 1

    def _work(
        self,
        fate: Fate,
        writes: int | None,
        *,
        is_written: bool,
        cancel_after: int | None = None,
    ) -> None:
        done = {e.key for e in self._events() if e.io == "in" and e.key}
        before = self.kept
        try:
            anyio.run(self._session, fate, writes, is_written, cancel_after)
        except BaseExceptionGroup as group:
            if group.split(Killed)[1] is not None:
                raise
            self.crashes += 1
        except Killed:
            self.crashes += 1
        self.launches.update(fate.launched)
        self.kept = self.path.read_bytes()
        assert self.kept.startswith(before), "R2: history is never rewritten"
        assert not done & set(fate.launched), "R2: what is finished is not repeated"

    async def _session(
        self, fate: Fate, writes: int | None, is_written: bool, cancel_after: int | None
    ) -> None:
        is_new = not self.path.exists() or not self.path.read_bytes()
        with DyingJournal(
            self.path, self.costs, writes, is_written=is_written
        ) as journal:
            if not is_new:
                cut_torn_tail(self.path)
            receipts = Receipts(self.path.with_name("receipts.jsonl"))
            capacity = Capacity(
                workers=WORKERS,
                window=4 if self.is_in_order else None,
                is_first_come=self.is_in_order,
            )
            mode = Mode(is_reproducible=self.is_in_order, capacity=capacity)
            now = count(1)
            core = Core(
                "r1",
                Bus([new_crew()]),
                journal,
                fate,
                mode,
                lambda: next(now),
                receipts,
            )
            if not is_new and core.restore(read_journal(self.path)) is not None:
                return
            async with anyio.create_task_group() as tasks:
                if cancel_after is not None:
                    tasks.start_soon(self._cancel, core, cancel_after)
                await core.run(run_started() if is_new else SESSION)
                tasks.cancel_scope.cancel()

    async def _cancel(self, core: Core, turns: int) -> None:
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        await core.tell(CANCEL)

    # -- what holds after every step

    def _whole_lines(self) -> bytes:
        content = self.path.read_bytes() if self.path.exists() else b""
        return content[: content.rfind(b"\n") + 1]

    def _events(self) -> list[Envelope]:
        whole = self.path.with_name("whole.jsonl")
        whole.write_bytes(self._whole_lines())
        return list(read_journal(whole))

    def _last(self) -> Envelope:
        return self._events()[-1]

    @invariant()
    def r1_a_replay_says_the_same_and_carries_nothing_out(self) -> None:
        events = self._events()
        if events:
            replayer = Replayer(lambda _: [new_crew()])
            report = replayer.verify(iter(events), is_prefix=True)
            assert report.events == len(events)

    @invariant()
    def r8_an_effect_is_launched_once_and_once_more_for_each_crash(self) -> None:
        assert all(n <= 1 + self.crashes for n in self.launches.values())

    @invariant()
    def r9_every_output_has_a_reason_and_every_outcome_one_command(self) -> None:
        events = self._events()
        open_commands: dict[str, Envelope] = {}
        for event in events:
            assert event.parent is None or event.parent < event.seq
            assert all(cause < event.seq for cause in event.causes)
            if event.io == "out":
                assert event.parent is not None
                if event.key is not None:
                    assert event.key not in open_commands
                    open_commands[event.key] = event
            elif event.key is not None:
                command = open_commands.pop(event.key)
                assert event.request_hash == command.request_hash
                assert event.parent == command.seq

    @invariant()
    def r10_numbers_are_dense_and_sessions_only_grow(self) -> None:
        events = self._events()
        assert [event.seq for event in events] == list(range(len(events)))
        sessions = [event.session for event in events]
        assert sessions == sorted(sessions)

    @invariant()
    def r13_what_was_spent_is_told_by_the_journal_to_the_cent(self) -> None:
        recorded = [e.cost for e in self._events() if e.cost is not None]
        heard = [cost for cost in self.costs if cost is not None]

        assert sum(cost.money for cost in recorded) == sum(c.money for c in heard)
        assert sum(cost.tokens for cost in recorded) == sum(c.tokens for c in heard)


class RunAsTheyCome(RunOfCrew):
    is_in_order = False


MACHINE = settings(
    max_examples=12,
    stateful_step_count=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("machine", [RunOfCrew, RunAsTheyCome])
def test_r1_to_r13_hold_through_any_crashes(machine: type[RunOfCrew]) -> None:
    run_state_machine_as_test(machine, settings=MACHINE)


@pytest.mark.long
@pytest.mark.parametrize("machine", [RunOfCrew, RunAsTheyCome])
def test_r1_to_r13_hold_through_very_many_crashes(machine: type[RunOfCrew]) -> None:
    many = settings(MACHINE, max_examples=2000, stateful_step_count=20)
    run_state_machine_as_test(machine, settings=many)


# -- observers, orders, snapshots, memory


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


@given(order=st.permutations(range(5)))
@settings(max_examples=30, deadline=None)
def test_r7_any_order_of_outcomes_replays_to_its_own_story(order: list[int]) -> None:
    """And what does not depend on the order is the same for all: here, the best score."""
    reactor = Reactor(Bus([Crew(jobs=5)]))
    first = make_history([Crew(jobs=5)], [run_started()])
    commands = [event for event in first if event.key]
    events = [first[0], *reactor.react(first[0])]
    for place in order:
        command = commands[place]
        outcome = Envelope(
            run="r1",
            session=0,
            seq=len(events),
            io="in",
            body=outcome_of(command).body,
            parent=command.seq,
            src="test",
            dst=command.src,
            loop=command.loop,
            key=command.key,
            request_hash=command.request_hash,
            t=5,
        )
        events += [outcome, *reactor.react(outcome)]

    Replayer(lambda _: [Crew(jobs=5)]).verify(iter(events))

    scores = [e.body.report.score for e in events if isinstance(e.body, FitFinished)]
    expected = [outcome_of(c).body for c in commands]
    assert max(scores) == max(
        body.report.score for body in expected if isinstance(body, FitFinished)
    )


HISTORY = make_history(
    [Crew(jobs=3, more=2)],
    [run_started(), *(fit_finished(score) for score in (0.1, 0.2, 0.3))],
)


@pytest.mark.parametrize("cut", range(1, len(HISTORY)))
def test_r11_a_fold_can_be_interrupted_anywhere(cut: int) -> None:
    whole, part = OpenEffects(), OpenEffects()
    history = History(Reactor(Bus([Crew(jobs=3, more=2)])))
    for event in HISTORY:
        whole.take(event)
    for event in HISTORY[:cut]:
        part.take(event)
        history.feed(event)

    snapshot, later = copy.deepcopy(part), copy.deepcopy(history)
    for event in HISTORY[cut:]:
        snapshot.take(event)
        later.feed(event)

    assert snapshot == whole
    assert later.unsaid() == []


class Counting:
    """Answers ticks; it remembers how many."""

    name = "counting"
    hears = frozenset({Tick})

    def __init__(self) -> None:
        self.heard = 0

    def decide(self, event: Envelope) -> Sequence[Statement]:
        self.heard += 1
        return [Voice(self.name, 0).say(LoopClosed(reason=f"tick {self.heard}"))]


def long_journal(path: Path, ticks: int) -> Path:
    def inputs() -> Iterator[Envelope]:
        reactor, seq = Reactor(Bus([Counting()])), 0
        for number in range(ticks + 1):
            body = Tick(elapsed_seconds=number) if number else run_started()
            event = Envelope(
                run="r1", session=0, seq=seq, io="in", body=body, src="clock", t=number
            )
            said = reactor.react(event)
            seq += 1 + len(said)
            yield from [event, *said]

    with JournalWriter(path) as journal:
        for event in inputs():
            journal.append([event])
    return path


def peak_of_replay(path: Path) -> int:
    def build(_: RunSettings) -> Sequence[Agent]:
        return [Counting()]

    tracemalloc.start()
    Replayer(build).verify(read_journal(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_r16_a_replay_takes_no_more_memory_for_a_longer_journal(tmp_path: Path) -> None:
    short, long = long_journal(tmp_path / "s", 300), long_journal(tmp_path / "l", 6000)
    peak_of_replay(short)

    # The parser remembers up to 16,384 short strings; all events would take 20 MB.
    assert peak_of_replay(long) < peak_of_replay(short) + 2 * 1024**2


def test_r10_messages_of_a_loop_are_heard_in_the_order_in_which_they_were_said() -> (
    None
):
    @dataclass
    class Echo:
        name: str
        hears: frozenset[type] = frozenset({LoopClosed})
        heard: dict[str | None, list[int]] = field(
            default_factory=lambda: defaultdict(list)
        )

        def decide(self, event: Envelope) -> Sequence[Statement]:
            self.heard[event.loop].append(event.seq)
            return ()

    class Talker(Crew):
        def decide(self, event: Envelope) -> Sequence[Statement]:
            voice = Voice(self.name, 0)
            words = [
                voice.say(LoopClosed(reason=str(number)), f"c{number % 3}")
                for number in range(6)
            ]
            return [*words, *super().decide(event)]

    first, second = Echo("first"), Echo("second")
    make_history([first, Talker(jobs=1), second], [run_started(), fit_finished(0.5)])

    assert first.heard == second.heard
    assert len(first.heard) == 3
    assert all(seqs == sorted(seqs) for seqs in first.heard.values())
