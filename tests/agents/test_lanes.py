"""A model's ideas come beside the expert's, who works as if alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.lanes import ADDED_SHARE, candidate_loop, lane_of, program_loop, trial_bound
from schemas.asks import DraftAsk
from schemas.candidate import Candidate
from schemas.commands import Combine, Propose, RunJob
from schemas.envelope import Envelope
from schemas.inputs import FitFinished, JobFailed, Tick
from schemas.jobs import FitJob
from schemas.lane import Lane
from schemas.sayings import (
    CandidateDrafted,
    CandidatePooled,
    ErrorsFound,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    ModelingFinished,
    RunFinished,
    TrialScored,
    TrialStarted,
    ViewAccepted,
)
from schemas.settings import RunSettings
from tests.agents.samples import make_settings
from tests.agents.simulation import SECONDS_A_TICK, Clock, simulate
from tests.agents.story import Story
from tests.agents.whole_team_checks import check_effects, check_ending, check_loops
from tests.agents.world import World


def candidates_of(story: Story, lane: Lane) -> list[Candidate]:
    drafted = [body.candidate for body in story.bodies(CandidateDrafted)]
    return [c for c in drafted if lane_of(c.loop) == lane]


def scores_of(story: Story, lane: Lane) -> list[tuple[str, str, tuple[float, ...]]]:
    return [
        (body.candidate, body.rung, body.fold_scores)
        for body in story.bodies(TrialScored)
        if lane_of(body.fit.candidate.loop) == lane
    ]


def hybrid(settings: RunSettings) -> RunSettings:
    return settings.model_copy(update={"proposer": "hybrid"})


@pytest.mark.parametrize("lane", ["main", "added"])
def test_a_loop_tells_whose_lane_it_is(lane: Lane) -> None:
    assert lane_of(candidate_loop(lane, 7)) == lane
    assert lane_of(program_loop(lane, 7)) == lane


@pytest.mark.parametrize("trials", [3, 7, 10, 60, 700])
def test_the_added_lane_gets_its_share_of_all_trials(trials: int) -> None:
    bound = trial_bound(make_settings(trials=trials), "added")

    assert bound is not None
    assert bound / (trials + bound) <= ADDED_SHARE < (bound + 1) / (trials + bound + 1)


async def test_both_lanes_reach_the_pool_and_one_ensemble_is_built_of_them(
    tmp_path: Path,
) -> None:
    wanted = hybrid(make_settings(trials=90))

    story = await simulate(tmp_path / "j", wanted, World(live_lane="added"))

    assert story.end == RunFinished(status="done")
    for check in (check_loops, check_effects, check_ending):
        check(story)
    final = next(c for c in story.bodies(Combine) if c.is_final)
    lanes = {lane_of(fit.candidate.loop) for fit in final.pool}
    assert lanes == {"main", "added"}
    assert set(final.added) == {
        f.candidate.id for f in final.pool if lane_of(f.candidate.loop) == "added"
    }
    assert final.without_added
    assert {lane_of(f.candidate.loop) for f in final.without_added} == {"main"}
    assert {e.src for e in story.of_kind(ModelingFinished)} == {
        "modeler",
        "added_modeler",
    }
    assert len(story.bodies(ExplorationClosed)) == 1


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    salt=st.integers(0, 99),
    refuses=st.sampled_from([0.0, 0.4, 1.0]),
    silence=st.sampled_from([1, 40]),
    answers=st.sampled_from([None, 0, 5]),
    likenesses=st.sampled_from([0.0, 0.5]),
)
async def test_the_experts_candidates_are_the_same_as_without_a_model(
    tmp_path: Path,
    salt: int,
    refuses: float,
    silence: int,
    answers: int | None,
    likenesses: float,
) -> None:
    wanted = make_settings(trials=24)
    plain = World(salt=salt, breaks=0.1, flat=0.1, likenesses=likenesses)
    beside = replace(
        plain,
        refuses=refuses,
        silence=silence,
        live_answers=answers,
        live_lane="added",
    )

    alone = await simulate(tmp_path / f"a{id(plain)}", wanted, plain)
    both = await simulate(tmp_path / f"b{id(plain)}", hybrid(wanted), beside)

    assert candidates_of(both, "main") == candidates_of(alone, "main")
    assert scores_of(both, "main") == scores_of(alone, "main")


async def test_the_added_lane_builds_on_what_the_expert_has(tmp_path: Path) -> None:
    wanted = hybrid(make_settings(trials=200))

    story = await simulate(tmp_path / "j", wanted, World(live_lane="added", drafts=12))

    added = candidates_of(story, "added")
    main = {c.id for c in candidates_of(story, "main")}
    assert {c.operator for c in added} >= {"draft", "swap", "refine", "cross", "tune"}
    assert {c.parent for c in added} & main
    swapped = [c for c in added if c.operator == "swap"]
    assert all(c.origin == "swap" for c in swapped)
    assert "added-features-1" in {c.view.name for c in swapped}
    accepted = story.of_kind(ViewAccepted)
    assert {e.src for e in accepted} == {"feature", "added_feature"}
    assert "added-features-1" not in {c.view.name for c in candidates_of(story, "main")}
    assert "added-features-1" in {c.view.name for c in added}


async def test_a_model_that_has_few_drafts_improves_what_there_is(
    tmp_path: Path,
) -> None:
    wanted = hybrid(make_settings(trials=90))

    story = await simulate(tmp_path / "j", wanted, World(live_lane="added", drafts=1))

    added = candidates_of(story, "added")
    operators = [candidate.operator for candidate in added]
    assert operators.count("draft") == 1
    assert {"swap", "refine"} <= set(operators)


async def test_asks_of_the_added_lane_carry_memory_and_errors(tmp_path: Path) -> None:
    wanted = hybrid(make_settings(trials=200))

    story = await simulate(tmp_path / "j", wanted, World(live_lane="added"))

    asked = [b.ask for b in story.bodies(Propose) if b.lane == "added"]
    drafts = [ask for ask in asked if isinstance(ask, DraftAsk)]
    assert any(ask.attempts for ask in drafts)
    assert any(ask.errors for ask in drafts)
    assert any(ask.leaderboard for ask in drafts)
    assert story.bodies(ErrorsFound)
    plain = [b.ask for b in story.bodies(Propose) if b.lane == "main"]
    assert not any(getattr(ask, "attempts", ()) for ask in plain)
    assert not any(getattr(ask, "errors", ()) for ask in plain)


async def test_a_budget_that_is_used_up_leaves_the_run_to_the_expert(
    tmp_path: Path,
) -> None:
    wanted = hybrid(make_settings(trials=60))

    story = await simulate(
        tmp_path / "j", wanted, World(live_lane="added", live_answers=4)
    )

    assert story.end == RunFinished(status="done")
    assert len(story.of_kind(ModelingFinished)) == 2
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="trials")]
    assert len(candidates_of(story, "main")) >= 20


@pytest.mark.parametrize(("answers", "status"), [(6, "done"), (0, "no_model")])
async def test_without_an_expert_a_budget_that_is_used_up_ends_exploration(
    answers: int, status: str, tmp_path: Path
) -> None:
    wanted = make_settings(trials=900, proposer="llm")

    story = await simulate(
        tmp_path / "j", wanted, World(live_lane="main", live_answers=answers)
    )

    assert isinstance(story.end, RunFinished)
    assert story.end.status == status
    assert story.bodies(ExplorationClosed) == [ExplorationClosed(reason="llm_budget")]


async def test_a_model_alone_whose_asks_all_fail_ends_without_a_model(
    tmp_path: Path,
) -> None:
    wanted = make_settings(trials=90, proposer="llm")

    story = await simulate(tmp_path / "j", wanted, World(live_lane="main", refuses=1.0))

    assert isinstance(story.end, RunFinished)
    assert story.end.status == "no_model"
    reasons = {body.reason for body in story.bodies(LoopClosed)}
    assert "the ask failed: the server is down" in reasons


async def test_nothing_of_a_model_runs_before_the_experts_first_slots(
    tmp_path: Path,
) -> None:
    wanted = hybrid(make_settings(trials=60))

    story = await simulate(tmp_path / "j", wanted, World(live_lane="added"))

    started = [e for e in story.of_kind(TrialStarted) if lane_of(e.loop) == "added"]
    settled = [
        e.loop
        for e in story.events
        if isinstance(e.body, CandidatePooled | LoopClosed)
        and e.seq < started[0].seq
        and lane_of(e.loop) == "main"
    ]
    assert len(set(settled)) >= 3


def asks_of(story: Story, lane: Lane) -> list[Envelope]:
    return [
        e for e in story.events if isinstance(e.body, Propose) and e.body.lane == lane
    ]


def occupancy(story: Story, workers: int) -> float:
    """Mean share of the workers that had a job, over the ticks of exploration."""
    out: set[str | None] = set()
    busy: list[int] = []
    for event in story.events:
        match event.body:
            case RunJob():
                out.add(event.key)
            case Tick():
                busy.append(min(len(out), workers))
            case ExplorationClosed():
                break
            case _:
                out.discard(event.key)
    return sum(busy) / (workers * len(busy))


def most_open_loops(story: Story) -> int:
    """Most candidate loops that were open at once."""
    open_loops: set[str | None] = set()
    most = 0
    for event in story.events:
        match event.body:
            case LoopOpened() if event.loop and event.loop[0] in "ca":
                open_loops.add(event.loop)
            case LoopClosed():
                open_loops.discard(event.loop)
            case _:
                pass
        most = max(most, len(open_loops))
    return most


async def test_answers_of_five_minutes_leave_the_workers_as_busy_as_without_a_model(
    tmp_path: Path,
) -> None:
    """Sixteen loops; an answer takes 300 s of the clock that ticks in this world."""
    turns_a_tick, workers = 2, 10
    silence = int(300 / SECONDS_A_TICK) * turns_a_tick
    wanted = make_settings(budget_seconds=340.0, workers=workers)
    plain = World(drafts=10**6, turns=(90, 150, 120), is_host_quick=True)
    slow = replace(plain, live_lane="added", silence=silence)

    alone = await simulate(tmp_path / "a", wanted, plain, Clock(turns_a_tick))
    both = await simulate(tmp_path / "b", hybrid(wanted), slow, Clock(turns_a_tick))

    asked = {e.key for e in asks_of(both, "added")}
    assert [e for e in both.events if e.io == "in" and e.key in asked]
    assert most_open_loops(both) == 16
    assert occupancy(alone, workers) > 0.9
    # A turn of the loop more or less is chance.
    assert occupancy(both, workers) >= occupancy(alone, workers) - 0.002


async def test_under_a_clock_the_added_lane_stays_within_its_share(
    tmp_path: Path,
) -> None:
    wanted = hybrid(make_settings(budget_seconds=60.0, workers=4))
    turns_a_second = int(8 / SECONDS_A_TICK)
    world = World(drafts=10**6, turns=(turns_a_second,), live_lane="added")

    story = await simulate(tmp_path / "j", wanted, world, Clock(turns=8))

    lanes = {
        e.key: lane_of(e.loop)
        for e in story.events
        if isinstance(e.body, RunJob) and isinstance(e.body.job, FitJob)
    }
    done = [
        lanes[e.key]
        for e in story.events
        if isinstance(e.body, FitFinished | JobFailed) and e.key in lanes
    ]
    # Every job takes a second.
    elapsed = max(body.elapsed_seconds for body in story.bodies(Tick))
    share = done.count("added") / (wanted.workers * elapsed)
    assert 0.02 < share <= ADDED_SHARE
