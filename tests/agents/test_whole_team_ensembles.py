"""The ensembles that the whole team builds on its way and at its end."""

from pathlib import Path

import pytest

from agents.director import closing_seconds
from schemas.commands import Combine, RunJob
from schemas.ensemble import StrategyChoice
from schemas.inputs import Tick
from schemas.jobs import Rung
from schemas.sayings import (
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    PoolFiltered,
    RunFinished,
    TrialScored,
)
from tests.agents.samples import make_settings
from tests.agents.simulation import SECONDS_A_TICK, Clock, simulate
from tests.agents.whole_team_checks import check
from tests.agents.world import World


async def test_where_nothing_was_pooled_something_stands_in(tmp_path: Path) -> None:
    wanted = make_settings(trials=40)
    world = World(drafts=900, broken_rung=Rung.FULL)

    story = await simulate(tmp_path / "j", wanted, world)

    check(story, wanted)
    assert story.end == RunFinished(status="done")
    assert not story.of_kind(CandidatePooled)
    (combine,) = story.bodies(Combine)
    assert combine.is_final
    (fit,) = combine.pool
    screened = [b.score for b in story.bodies(TrialScored) if b.rung is Rung.SCREEN]
    assert (fit.folds, fit.score) == ((0,), max(screened))


async def test_the_ensemble_is_built_while_exploration_goes_on(tmp_path: Path) -> None:
    story = await simulate(tmp_path / "j", make_settings(trials=60), World(drafts=900))

    early = [body for body in story.bodies(EnsembleChosen) if not body.is_final]
    assert early
    pools = [len(body.pool) for body in story.bodies(Combine)]
    left_out = {
        out.candidate: out.reason
        for body in story.bodies(PoolFiltered)
        for out in body.excluded
    }
    assert pools[-1] + len(left_out) == len(story.of_kind(CandidatePooled))
    assert all(left_out.values())


@pytest.mark.parametrize("strategy", ["bagging", "written"])
async def test_what_the_ensemble_needs_is_fitted_after_exploration(
    strategy: StrategyChoice, tmp_path: Path
) -> None:
    wanted = make_settings(trials=60, ensemble=strategy)

    story = await simulate(tmp_path / "j", wanted, World(drafts=900))

    check(story, wanted)
    last = story.bodies(Combine)[-1]
    assert last.strategy == strategy
    assert bool(last.bagged) == (strategy == "bagging")
    assert (last.stacker is not None) == (strategy == "written")
    closed = story.place_of(ExplorationClosed)
    late = [e for e in story.of_kind(RunJob) if e.seq > closed]
    assert {event.src for event in late} == {"ensembler"}


async def test_under_a_clock_the_ensemble_waits_no_longer_than_it_may(
    tmp_path: Path,
) -> None:
    wanted = make_settings(budget_seconds=10.0, ensemble="bagging")
    world = World(drafts=10**6, turns=(3, 1, 90, 2))

    story = await simulate(tmp_path / "j", wanted, world, Clock())

    check(story, wanted)
    assert story.end == RunFinished(status="done")
    last = story.of_kind(Combine)[-1].seq
    ticks = [e.body for e in story.events[:last] if isinstance(e.body, Tick)]
    latest_seconds = closing_seconds(10.0, world.task.rows) + 3 * SECONDS_A_TICK
    assert ticks[-1].elapsed_seconds <= latest_seconds
