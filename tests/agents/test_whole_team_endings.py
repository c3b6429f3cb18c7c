"""Why exploration closes, and how a run of the whole team ends."""

from pathlib import Path

import pytest

from agents.critic import REPAIRS_PER_LOOP
from agents.improving import TUNING_PATIENCE
from agents.modeler import OPEN_LOOPS, WAITING_LOOPS
from agents.plan import FRUITLESS_ASKS
from schemas.asks import DraftAsk
from schemas.base import Frozen
from schemas.commands import Combine, PrepareTable, Propose, RunJob, ScoreHoldout
from schemas.inputs import ProposeFailed
from schemas.sayings import (
    CandidateDrafted,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    RepairRefused,
    RunFinished,
    TrialStarted,
)
from tests.agents.samples import make_settings
from tests.agents.simulation import Clock, simulate
from tests.agents.story import Story
from tests.agents.whole_team_checks import check
from tests.agents.world import World


def most_open_loops(story: Story) -> int:
    most = now = 0
    for event in story.events:
        now += isinstance(event.body, LoopOpened)
        now -= isinstance(event.body, LoopClosed)
        most = max(most, now)
    return most


@pytest.mark.parametrize("trials", [3, 4, 10, 60, 120])
async def test_a_run_never_uses_more_trials_than_it_was_given(
    trials: int, tmp_path: Path
) -> None:
    wanted = make_settings(trials=trials)

    story = await simulate(tmp_path / "j", wanted, World(drafts=900))

    check(story, wanted)
    assert story.end == RunFinished(status="done")
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="trials")]
    assert len(story.of_kind(TrialStarted)) > trials - 3
    assert most_open_loops(story) == min(OPEN_LOOPS, trials // 3)


async def test_a_proposer_that_has_said_everything_ends_exploration(
    tmp_path: Path,
) -> None:
    wanted = make_settings(trials=500)

    story = await simulate(tmp_path / "j", wanted, World(drafts=12))

    check(story, wanted)
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="plateau")]
    drafts = [d.candidate for d in story.bodies(CandidateDrafted)]
    assert sum(c.operator == "draft" for c in drafts) == 12
    assert sum(c.operator == "refine" for c in drafts) >= 3
    assert sum(c.operator == "tune" for c in drafts) >= TUNING_PATIENCE
    assert most_open_loops(story) == OPEN_LOOPS


async def test_a_clock_ends_exploration_and_leaves_time_for_the_rest(
    tmp_path: Path,
) -> None:
    wanted = make_settings(budget_seconds=10.0, workers=3)
    world = World(drafts=10**6, breaks=0.2, turns=(3, 1, 9, 2))

    story = await simulate(tmp_path / "j", wanted, world, Clock())

    check(story, wanted)
    assert story.end == RunFinished(status="done")
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="budget")]
    assert most_open_loops(story) == wanted.workers + WAITING_LOOPS


@pytest.mark.parametrize("is_timed", [True, False])
async def test_a_user_who_stops_a_run_gets_what_there_is(
    is_timed: bool, tmp_path: Path
) -> None:
    wanted = make_settings(
        **({"budget_seconds": 99.0} if is_timed else {"trials": 900})
    )
    world = World(drafts=10**6)

    story = await simulate(
        tmp_path / "j", wanted, world, Clock(cancel_after=9, ticks=is_timed)
    )

    check(story, wanted)
    assert story.end == RunFinished(status="cancelled")
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="cancelled")]
    assert story.of_kind(ScoreHoldout)


async def test_a_user_who_stops_before_the_table_is_there_gets_nothing(
    tmp_path: Path,
) -> None:
    wanted = make_settings(trials=9)
    clock = Clock(cancel_after=1, ticks=False)

    story = await simulate(tmp_path / "j", wanted, World(turns=(99,)), clock)

    check(story, wanted)
    assert story.end.message == "cancelled before the table was read"


async def test_a_table_that_cannot_be_used_ends_the_run(tmp_path: Path) -> None:
    wanted = make_settings(trials=9)

    story = await simulate(tmp_path / "j", wanted, World(is_bad_table=True))

    check(story, wanted)
    assert story.end == RunFinished(
        status="bad_input", message="column 'churn' is not there"
    )
    assert len(story.events) == 4


async def test_a_run_in_which_everything_fails_says_so(tmp_path: Path) -> None:
    wanted = make_settings(trials=90)

    story = await simulate(tmp_path / "j", wanted, World(breaks=1.0, drafts=900))

    check(story, wanted)
    assert isinstance(story.end, RunFinished)
    assert story.end.status == "no_model"
    refusals = [body.reason for body in story.bodies(RepairRefused)]
    assert f"still failing after {REPAIRS_PER_LOOP} repairs" in refusals
    assert "not its own fault: NaN" in refusals


@pytest.mark.parametrize("is_timed", [True, False])
async def test_a_proposer_that_never_answers_ends_the_run(
    is_timed: bool, tmp_path: Path
) -> None:
    budget, trials = (1e6, None) if is_timed else (None, 900)
    wanted = make_settings(budget_seconds=budget, trials=trials)
    clock = Clock() if is_timed else None

    story = await simulate(tmp_path / "j", wanted, World(refuses=1.0), clock)

    check(story, wanted)
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="exhausted")]
    drafts = [p for p in story.bodies(Propose) if isinstance(p.ask, DraftAsk)]
    at_first = wanted.workers + WAITING_LOOPS if is_timed else OPEN_LOOPS
    assert len(drafts) == at_first + FRUITLESS_ASKS - 1
    assert len(story.of_kind(ProposeFailed)) == len(drafts) + 1


async def test_a_proposer_that_repeats_itself_ends_the_run(tmp_path: Path) -> None:
    wanted = make_settings(trials=900)

    story = await simulate(tmp_path / "j", wanted, World(repeats=1.0, drafts=900))

    check(story, wanted)
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="plateau")]
    reasons = [body.reason for body in story.bodies(LoopClosed)]
    assert reasons.count("the same source was tried before") >= FRUITLESS_ASKS


@pytest.mark.parametrize(
    ("broken", "status"),
    [(PrepareTable, "failed"), (Combine, "no_model"), (ScoreHoldout, "done")],
)
async def test_a_failing_disk_of_ours_never_passes_for_a_good_end(
    broken: type[Frozen], status: str, tmp_path: Path
) -> None:
    every: tuple[type[Frozen], ...] = (
        PrepareTable,
        Propose,
        RunJob,
        Combine,
        ScoreHoldout,
    )
    sturdy = tuple(kind for kind in every if kind is not broken)
    world = World(raises=1.0, drafts=900, sturdy=sturdy)

    story = await simulate(tmp_path / "j", make_settings(trials=30), world)

    assert isinstance(story.end, RunFinished)
    assert story.end.status == status
    assert "the disk is tired" in story.end.message
