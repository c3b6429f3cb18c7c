"""R1 to R13 hold for every journal, however long effects took, failed or were cut off.

A machine of hypothesis starts a run, kills it at any write, tears bytes off its journal,
takes it up again, and checks after each step. R1 to R16 are the invariants of the design.
"""

from collections import Counter
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Arrival
from bus.journal import cut_torn_tail, read_journal
from bus.launcher import Capacity
from bus.receipts import Receipts
from bus.replay import Replayer
from schemas.envelope import Cost, Envelope
from schemas.inputs import CancelRequested, SessionStarted
from schemas.sayings import RunFinished
from tests.bus.conftest import run_started
from tests.bus.dying_journal import DyingJournal, Killed
from tests.bus.fate import Fate, new_crew

SESSION = SessionStarted(versions=(), fingerprint="f")
CANCEL = Arrival(CancelRequested(reason="SIGINT"), src="user")
WORKERS = 3
VERY_MANY = 2_000
FATES = st.builds(
    Fate,
    turns=st.lists(st.integers(0, 5), min_size=1, max_size=5),
    failing=st.frozensets(st.integers(0, 9), max_size=2),
)


class RunOfCrew(RuleBasedStateMachine):
    """One run of a crew through any number of sessions.

    Attributes:
        survived: Crashes after which a run came to its end, over all runs.
    """

    is_in_order = True
    survived: ClassVar[int]

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
            type(self).survived += self.crashes
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


def crashes_survived(machine: type[RunOfCrew], within: settings) -> int:
    """Run the machine, whose invariants and rules do the checking."""
    machine.survived = 0
    run_state_machine_as_test(machine, settings=within)
    return machine.survived


@pytest.mark.parametrize("machine", [RunOfCrew, RunAsTheyCome])
def test_r1_to_r13_hold_through_any_crashes(machine: type[RunOfCrew]) -> None:
    assert crashes_survived(machine, MACHINE) > 0


@pytest.mark.long
@pytest.mark.parametrize("machine", [RunOfCrew, RunAsTheyCome])
def test_r1_to_r13_hold_through_very_many_crashes(machine: type[RunOfCrew]) -> None:
    many = settings(MACHINE, max_examples=2000, stateful_step_count=20)
    assert crashes_survived(machine, many) > VERY_MANY
