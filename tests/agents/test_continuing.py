"""Runs that go on: with more to spend, or as forks that know what became of the other run."""

from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import anyio
import pytest

from agents.modeler import Modeler
from agents.share import FIRST_SLOTS
from agents.team import build_agents
from bus.bus import Bus
from bus.core import Core, Mode
from bus.effects import Outcome
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from bus.recorded import Answers, RecordedEffects, find_answers
from bus.replay import Replayer
from schemas.commands import ScoreHoldout
from schemas.ensemble import StrategyChoice
from schemas.envelope import Envelope
from schemas.inputs import EffectCancelled, Origin, Proposed, RunContinued, Tick
from schemas.sayings import (
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    FeatureJudged,
    LoopClosed,
    LoopOpened,
    RunCrashed,
    RunFinished,
    TrialStarted,
)
from schemas.settings import RunSettings
from tests.agents.conversation import Conversation, kinds
from tests.agents.samples import make_proposal, make_ready, make_settings
from tests.agents.simulation import Clock, simulate
from tests.agents.story import Story
from tests.agents.world import World


@dataclass
class Counted:
    """Effects of a world, with the keys of those that were carried out."""

    world: World
    launched: list[str] = field(default_factory=list)

    async def run(self, command: Envelope) -> Outcome:
        self.launched.append(command.key or "")
        return await self.world.run(command)


async def go_on(
    path: Path,
    first: RunSettings,
    settings: RunSettings,
    effects: Counted,
    *,
    answers: Answers | None = None,
    origin: Origin | None = None,
    clock: Clock | None = None,
) -> Story:
    """Go on with the journal at a path under other settings."""
    is_reproducible = settings.trials is not None
    capacity = Capacity(
        workers=settings.workers,
        window=16 if is_reproducible else None,
        is_first_come=is_reproducible,
    )
    mode = Mode(is_reproducible=is_reproducible, capacity=capacity)
    now = count(9_000_000)
    opening = RunContinued(
        settings=settings, origin=origin, versions=(), fingerprint="f"
    )
    with JournalWriter(path) as journal:
        runner = RecordedEffects(answers or {}, effects)
        bus = Bus(build_agents(first))
        core = Core("r1", bus, journal, runner, mode, lambda: next(now))
        core.restore(read_journal(path), is_continued=True)
        async with anyio.create_task_group() as tasks:
            if clock is not None:
                tasks.start_soon(clock.go, core)
            end = await core.run(opening)
            tasks.cancel_scope.cancel()
    return Story(path, list(read_journal(path)), end)


def check(story: Story) -> None:
    """What holds for a run whether it goes on or not."""
    assert isinstance(story.end, RunFinished)
    assert story.end.status == "done"
    assert not story.of_kind(RunCrashed)
    opened = [e.loop for e in story.of_kind(LoopOpened)]
    assert len(set(opened)) == len(opened)
    assert set(opened) == {e.loop for e in story.of_kind(LoopClosed)}
    answered = [e.key for e in story.events if e.io == "in" and e.key]
    assert len(set(answered)) == len(answered)
    Replayer(build_agents).verify(read_journal(story.path))


@pytest.mark.parametrize("world", [World(), World(breaks=0.3), World(flat=0.3)])
async def test_a_finished_run_goes_on_with_more_trials_and_repeats_nothing(
    tmp_path: Path, world: World
) -> None:
    first = make_settings(trials=12)
    before = await simulate(tmp_path / "j", first, world)
    done = {e.key for e in before.events if e.io == "in" and e.key}
    more = first.model_copy(update={"trials": 30})
    effects = Counted(world)

    after = await go_on(tmp_path / "j", first, more, effects)

    check(after)
    assert after.events[: len(before.events)] == before.events
    assert not done & set(effects.launched)
    assert len(before.of_kind(TrialStarted)) < len(after.of_kind(TrialStarted)) <= 30
    assert len(after.of_kind(ExplorationClosed)) == 2
    pooled = [b.fit.candidate.id for b in after.bodies(CandidatePooled)]
    assert len(set(pooled)) == len(pooled)
    finals = [b for b in after.bodies(EnsembleChosen) if b.is_final]
    assert len(finals) == 2
    assert len(finals[1].ensemble.members) >= len(finals[0].ensemble.members)


@pytest.mark.parametrize("ensemble", ["auto", "bagging", "written"])
async def test_a_run_stopped_by_the_clock_goes_on_under_a_later_one(
    tmp_path: Path, ensemble: StrategyChoice
) -> None:
    first = make_settings(budget_seconds=10.0, ensemble=ensemble)
    world = World(turns=(20,), drafts=300)
    before = await simulate(tmp_path / "j", first, world, Clock())
    more = first.model_copy(update={"budget_seconds": 20.0})

    after = await go_on(tmp_path / "j", first, more, Counted(world), clock=Clock())

    check(after)
    assert len(after.of_kind(CandidatePooled)) > len(before.of_kind(CandidatePooled))
    reasons = [body.reason for body in after.bodies(ExplorationClosed)]
    assert reasons == ["budget", "budget"]


async def test_a_run_can_go_on_again_and_again(tmp_path: Path) -> None:
    first = make_settings(trials=6)
    story = await simulate(tmp_path / "j", first, World())
    for trials in (12, 18, 24):
        more = first.model_copy(update={"trials": trials})
        story = await go_on(tmp_path / "j", first, more, Counted(World()))

    check(story)
    assert len(story.of_kind(ScoreHoldout)) == 4
    assert 18 < len(story.of_kind(TrialStarted)) <= 24


def test_the_added_lane_is_not_charged_for_jobs_that_the_end_took_back() -> None:
    settings = make_settings(budget_seconds=60.0, workers=1, proposer="hybrid")
    talk = Conversation(Modeler(settings, "added"))
    talk.tell(make_ready())
    for number in range(FIRST_SLOTS):
        talk.tell(LoopClosed(reason="pooled"), loop=f"c0{number}")
    talk.tell(Tick(elapsed_seconds=4.0))

    def draft(name: str, loop: str) -> list[str]:
        said = talk.tell(Proposed(proposal=make_proposal(name)), loop=loop)
        return kinds(said)

    # A job is thought to take a second; the share of four is enough for one, not two.
    assert "run_job" in draft("first", "a00")
    talk.tell(ExplorationClosed(reason="budget"))
    more = settings.model_copy(update={"budget_seconds": 120.0})
    said = talk.tell(
        RunContinued(settings=more, origin=None, versions=(), fingerprint="f")
    )
    opened = next(s.loop for s in said if isinstance(s.body, LoopOpened))

    assert "run_job" in draft("second", opened or "")


async def test_rounds_of_features_can_be_added(tmp_path: Path) -> None:
    first = make_settings(trials=9).model_copy(update={"feature_rounds": 0})
    before = await simulate(tmp_path / "j", first, World())
    more = first.model_copy(update={"trials": 24, "feature_rounds": 1})

    after = await go_on(tmp_path / "j", first, more, Counted(World()))

    check(after)
    assert not before.of_kind(FeatureJudged)
    assert after.of_kind(FeatureJudged)


def places(story: Story) -> list[int]:
    """Some events after the table was prepared, the last ones among them."""
    ready = next(e.seq for e in story.events if e.body.kind == "table_prepared")
    last = len(story.events) - 1
    step = max(1, (last - ready) // 12)
    return sorted({*range(ready, last + 1, step), last - 2, last - 1, last})


async def test_a_fork_with_the_same_settings_is_answered_from_the_record(
    tmp_path: Path,
) -> None:
    first = make_settings(trials=15)
    parent = await simulate(tmp_path / "parent", first, World(breaks=0.2))
    closing = parent.place_of(ExplorationClosed)
    cancelled = {e.key for e in parent.of_kind(EffectCancelled)}
    lines = parent.path.read_bytes().splitlines(keepends=True)
    for seq in places(parent):
        path = tmp_path / f"fork-{seq}"
        path.write_bytes(b"".join(lines[: seq + 1]))
        later = islice(read_journal(parent.path), seq + 1, None)
        effects = Counted(World(breaks=0.2))
        other = first.model_copy(update={"workers": 7})

        child = await go_on(
            path,
            first,
            other,
            effects,
            answers=dict(find_answers(later)),
            origin=Origin(run="r1", seq=seq, chain=parent.events[seq].chain),
        )

        check(child)
        assert child.events[: seq + 1] == parent.events[: seq + 1], seq
        if seq < closing:
            holdout = {e.key for e in child.of_kind(ScoreHoldout)}
            assert set(effects.launched) - cancelled == holdout, seq
            ours, theirs = (
                [b.ensemble for b in s.bodies(EnsembleChosen)] for s in (child, parent)
            )
            assert ours[-1] == theirs[-1], seq


async def test_a_fork_goes_its_own_way_where_it_asks_for_something_else(
    tmp_path: Path,
) -> None:
    first = make_settings(trials=15)
    parent = await simulate(tmp_path / "parent", first, World())
    lines = parent.path.read_bytes().splitlines(keepends=True)
    seq = places(parent)[2]
    (tmp_path / "fork").write_bytes(b"".join(lines[: seq + 1]))
    later = islice(read_journal(parent.path), seq + 1, None)
    effects = Counted(World())
    other = first.model_copy(update={"trials": 30})

    child = await go_on(
        tmp_path / "fork", first, other, effects, answers=dict(find_answers(later))
    )

    check(child)
    recorded = [e for e in child.events if e.src == "record"]
    assert recorded
    assert effects.launched
    assert not {e.key for e in recorded} & set(effects.launched)
    assert len(child.of_kind(TrialStarted)) > len(parent.of_kind(TrialStarted))
