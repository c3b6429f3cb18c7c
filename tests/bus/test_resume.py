"""A run that was cut anywhere goes on: nothing finished is done again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.agent import Agent, Statement
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Arrival, EffectRunner, Outcome
from bus.errors import Divergence, JournalCorrupt
from bus.journal import JournalWriter, cut_torn_tail, read_journal
from bus.launcher import Capacity
from bus.receipts import Receipts
from bus.replay import Replayer
from schemas.envelope import Envelope
from schemas.inputs import CancelRequested, EffectCancelled, FitFinished, SessionStarted
from schemas.sayings import RunCrashed, RunFinished
from tests.bus.conftest import (
    Crew,
    GatedRunner,
    fit_finished,
    outcome_of,
    run_started,
    settle,
)

CANCEL = Arrival(CancelRequested(reason="SIGINT"), src="user")
SESSION = SessionStarted(versions=(), fingerprint="f")


@dataclass
class CountingRunner:
    """Notes the key of every effect that it is asked for."""

    turns: Sequence[int] = (2, 0, 1)
    started: list[str] = field(default_factory=list)

    async def run(self, command: Envelope) -> Outcome:
        self.started.append(command.key or "")
        for _ in range(self.turns[len(self.started) % len(self.turns)]):
            await anyio.lowlevel.checkpoint()
        return outcome_of(command)


def make_core(
    journal: JournalWriter, agent: Agent, runner: EffectRunner, *, in_order: bool
) -> Core:
    capacity = Capacity(
        workers=2, window=4 if in_order else None, is_first_come=in_order
    )
    mode = Mode(is_reproducible=in_order, capacity=capacity)
    receipts = Receipts(Path(str(JOURNALS[id(journal)]) + ".receipts"))
    return Core("r1", Bus([agent]), journal, runner, mode, lambda: 7, receipts)


JOURNALS: dict[int, Path] = {}


async def start(path: Path, *, in_order: bool) -> bytes:
    """A whole run; returns its journal."""
    with JournalWriter(path) as journal:
        JOURNALS[id(journal)] = path
        core = make_core(
            journal, Crew(jobs=3, more=3), CountingRunner(), in_order=in_order
        )
        await core.run(run_started())
    return content_of(path)


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def forget_tails(folder: Path) -> None:
    for aside in folder.glob("tail.*.bin"):
        aside.unlink()


async def resume(
    path: Path, runner: CountingRunner, *, in_order: bool, agent: Agent | None = None
) -> RunFinished | RunCrashed:
    """What a user does after a crash, in a process of its own."""
    with JournalWriter(path) as journal:
        JOURNALS[id(journal)] = path
        cut_torn_tail(path)
        crew = agent or Crew(jobs=3, more=3)
        core = make_core(journal, crew, runner, in_order=in_order)
        end = core.restore(read_journal(path))
        return end if end is not None else await core.run(SESSION)


def finished_keys(journal: bytes, path: Path) -> set[str]:
    path.write_bytes(journal)
    return {e.key or "" for e in read_journal(path) if e.io == "in" and e.key}


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize(
    "stride", [pytest.param(1, marks=pytest.mark.long), pytest.param(83)]
)
async def test_from_every_byte_of_a_journal_a_run_goes_on(
    tmp_path: Path, in_order: bool, stride: int
) -> None:
    whole = await start(tmp_path / "j", in_order=in_order)
    opening = whole.index(b"\n") + 1

    for cut in {*range(opening, len(whole), stride), len(whole) - 1, len(whole)}:
        path = tmp_path / "cut"
        kept = whole[: whole[:cut].rfind(b"\n") + 1]
        done = finished_keys(kept, path)
        path.write_bytes(whole[:cut])
        runner = CountingRunner(turns=(0, 3))

        end = await resume(path, runner, in_order=in_order)

        journal = path.read_bytes()
        assert end == RunFinished(status="done"), cut
        assert journal.startswith(kept), cut
        assert not done & set(runner.started), cut
        assert max(Counter(runner.started).values(), default=1) == 1, cut
        answers = [e.key for e in read_journal(path) if e.io == "in" and e.key]
        assert len(answers) == len(set(answers)) == 6, cut
        Replayer(lambda _: [Crew(jobs=3, more=3)]).verify(read_journal(path))
        forget_tails(tmp_path)


async def test_a_finished_run_is_left_as_it_is(tmp_path: Path) -> None:
    whole = await start(tmp_path / "j", in_order=True)
    runner = CountingRunner()

    await resume(tmp_path / "j", runner, in_order=True)

    assert (tmp_path / "j").read_bytes() == whole
    assert runner.started == []


async def test_what_was_torn_off_is_kept_aside(tmp_path: Path) -> None:
    whole = await start(tmp_path / "j", in_order=True)
    (tmp_path / "j").write_bytes(whole[:-5])

    await resume(tmp_path / "j", CountingRunner(), in_order=True)

    torn = (tmp_path / "tail.0.bin").read_bytes()
    assert whole.endswith(torn + whole[-5:])


async def test_two_crashes_in_a_row_are_survived(tmp_path: Path) -> None:
    path = tmp_path / "j"
    whole = await start(path, in_order=False)
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:8]))
    await resume(path, CountingRunner(), in_order=False)
    again = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(again[:12]))

    end = await resume(path, CountingRunner(), in_order=False)

    assert end == RunFinished(status="done")
    sessions = [e.session for e in read_journal(path)]
    assert sessions == sorted(sessions)
    assert sessions[-1] == 2


async def test_a_damaged_line_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "j"
    whole = await start(path, in_order=False)
    lines = whole.splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"src":"', b'"src":"x', 1)
    path.write_bytes(b"".join(lines))

    with pytest.raises(JournalCorrupt) as caught:
        await resume(path, CountingRunner(), in_order=False)

    assert caught.value.seq == 3
    assert path.read_bytes() == b"".join(lines)


async def test_changed_code_is_found_before_anything_is_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j"
    whole = await start(path, in_order=False)
    cut = b"".join(whole.splitlines(keepends=True)[:9])
    path.write_bytes(cut)

    with pytest.raises(Divergence):
        await resume(path, CountingRunner(), in_order=False, agent=Crew(jobs=2, more=3))

    assert path.read_bytes() == cut


async def test_an_outcome_with_a_receipt_is_not_worked_for_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j"
    whole = await start(path, in_order=True)
    opening = [e for e in read_journal(path) if e.seq < 5]
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:5]))
    late = [e for e in opening if e.key][-1]
    receipts = Receipts(Path(f"{path}.receipts"))
    receipts.keep(Arrival(fit_finished(0.125), src="effects", key=late.key))
    runner = CountingRunner()

    await resume(path, runner, in_order=True)

    assert late.key not in runner.started
    scores = {
        e.key: e.body.report.score
        for e in read_journal(path)
        if isinstance(e.body, FitFinished)
    }
    assert scores[late.key] == 0.125
    assert receipts.read() == {}


async def test_what_was_taken_back_before_the_crash_is_heard_as_cancelled(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j"
    with JournalWriter(path) as journal:
        JOURNALS[id(journal)] = path
        crew = Crew(jobs=3, more=0)
        core = make_core(journal, crew, GatedRunner(), in_order=False)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await anyio.wait_all_tasks_blocked()
            await core.tell(CANCEL)
    lines = path.read_bytes().splitlines(keepends=True)
    cancelled_at = next(n for n, line in enumerate(lines) if b"cancel_effects" in line)
    path.write_bytes(b"".join(lines[: cancelled_at + 1]))
    runner = CountingRunner()

    end = await resume(path, runner, in_order=False, agent=Crew(jobs=3, more=0))

    assert end == RunFinished(status="done")
    heard = [e.body for e in read_journal(path) if e.io == "in" and e.key]
    assert EffectCancelled() in heard


class Clumsy(Crew):
    """Cannot take its first outcome."""

    def decide(self, event: Envelope) -> Sequence[Statement]:
        if isinstance(event.body, FitFinished):
            raise ZeroDivisionError("share of nothing")
        return super().decide(event)


async def test_on_mended_code_a_crashed_run_goes_on_from_its_crash(
    tmp_path: Path,
) -> None:
    path = tmp_path / "j"
    with JournalWriter(path) as journal:
        JOURNALS[id(journal)] = path
        core = make_core(
            journal, Clumsy(jobs=2, more=1), CountingRunner((0,)), in_order=False
        )
        crash = await core.run(run_started())
    assert isinstance(crash, RunCrashed)
    poisoned = [e for e in read_journal(path) if isinstance(e.body, FitFinished)][-1]
    runner = CountingRunner()

    end = await resume(path, runner, in_order=False, agent=Crew(jobs=2, more=1))

    assert end == RunFinished(status="done")
    assert poisoned.key not in runner.started
    Replayer(lambda _: [Crew(jobs=2, more=1)]).verify(read_journal(path))


async def test_outcomes_that_had_to_wait_outlive_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "j"
    gated = GatedRunner()
    with JournalWriter(path) as journal:
        JOURNALS[id(journal)] = path
        core = make_core(journal, Clumsy(jobs=3), gated, in_order=True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(core.run, run_started())
            await anyio.wait_all_tasks_blocked()
            first, second = gated.started[:2]
            gated.open(second)
            await settle()
            gated.open(first)
    runner = CountingRunner()

    end = await resume(path, runner, in_order=True, agent=Crew(jobs=3))

    assert end == RunFinished(status="done")
    assert second not in runner.started
    assert Receipts(Path(f"{path}.receipts")).read() == {}


@given(turns=st.lists(st.integers(0, 6), min_size=1, max_size=6), cut=st.floats(0, 1))
@settings(max_examples=40)
async def test_a_reproducible_run_has_one_result_however_it_was_cut(
    turns: list[int], cut: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "j"
    whole = await start(path, in_order=True)
    opening = whole.index(b"\n") + 1
    path.write_bytes(whole[: opening + int(cut * (len(whole) - opening))])

    await resume(path, CountingRunner(turns), in_order=True)

    def story(journal: bytes) -> list[object]:
        path.write_bytes(journal)
        return [
            e.body for e in read_journal(path) if not isinstance(e.body, SessionStarted)
        ]

    assert story(path.read_bytes()) == story(whole)
