"""Before a model refines a candidate of its own, the Modeler finds out what matters in it."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from agents.limits import FEWEST_SECONDS
from agents.team import build_agents
from bus.agent import Statement
from bus.bus import Bus
from bus.core import Core, Mode
from bus.journal import JournalWriter, read_journal
from bus.launcher import Capacity
from bus.replay import Replayer
from schemas.ablation import Ablation
from schemas.asks import RefineAsk
from schemas.commands import PlanAblation, Propose, RunJob
from schemas.envelope import Input
from schemas.inputs import AblationPlanned, FitFinished, JobFailed, SessionStarted, Tick
from schemas.jobs import FitJob, Rung
from schemas.sayings import (
    CancelEffects,
    CandidateAblated,
    ExplorationClosed,
    RunFinished,
    TrialScored,
    TrialStarted,
)
from schemas.settings import RunSettings
from schemas.task import Task
from tests.agents.conversation import keys_of, kinds, only
from tests.agents.desk import FAILED, Desk, asks_in, fit_jobs, jobs_in
from tests.agents.samples import (
    make_failure,
    make_plan,
    make_report,
    make_settings,
    make_task,
)
from tests.agents.simulation import (
    REPRODUCIBLE_WINDOW,
    SECONDS_A_TICK,
    Clock,
    simulate,
)
from tests.agents.story import Story
from tests.agents.world import World


def model_alone(**wanted: object) -> RunSettings:
    settings = make_settings(proposer="llm", trials=60)
    return settings.model_copy(update=wanted)


def pooled(
    settings: RunSettings, task: Task | None = None
) -> tuple[Desk, list[Statement]]:
    """A model's first candidate reached the pool; what is said then."""
    work = Desk(settings, task)
    return work, work.climb(work.propose("draft"), 0.8)


def plan_in(said: list[Statement]) -> Statement:
    (plan,) = [s for s in said if isinstance(s.body, PlanAblation)]
    return plan


def take_apart(work: Desk, said: list[Statement], parts: int) -> list[Statement]:
    """Answer the plan for an ablation."""
    plan = plan_in(said)
    assert isinstance(plan.body, PlanAblation)
    body = make_plan(plan.body.candidate, parts)
    return work.talk.tell(body, loop=plan.loop, key=plan.key)


def score(work: Desk, job: Statement, value: float) -> list[Statement]:
    body = FitFinished(report=make_report(value))
    return work.talk.tell(body, loop=job.loop, key=job.key)


def fail(work: Desk, job: Statement) -> list[Statement]:
    body = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    return work.talk.tell(body, loop=job.loop, key=job.key)


def refinements_in(said: list[Statement]) -> list[RefineAsk]:
    return [ask for ask in asks_in(said) if isinstance(ask, RefineAsk)]


def test_a_candidate_is_taken_apart_before_it_is_refined() -> None:
    _, said = pooled(model_alone())

    body = plan_in(said).body
    assert isinstance(body, PlanAblation)
    assert body.candidate.id == "c00-v1"
    assert "propose" not in kinds([s for s in said if s.loop == plan_in(said).loop])


def test_each_part_costs_a_fit_on_the_fold_that_candidates_are_screened_on() -> None:
    work, said = pooled(model_alone())

    jobs = fit_jobs(take_apart(work, said, 3))

    assert [(job.candidate, job.rung, job.fold) for job in jobs] == [
        ("c00-v1", Rung.SCREEN, 0)
    ] * 3
    assert [job.without for job in jobs] == ["part 0", "part 1", "part 2"]
    assert len({job.source for job in jobs}) == 3


def test_the_refinement_is_told_what_is_lost_without_each_part() -> None:
    work, said = pooled(model_alone())
    hurts, matters, broken = jobs_in(take_apart(work, said, 3))

    assert score(work, hurts, 0.8123) == []
    assert fail(work, broken) == []
    said = score(work, matters, 0.7)

    ablation = only(said, CandidateAblated).ablation
    assert (ablation.candidate, ablation.score) == ("c00-v1", 0.8)
    assert [(p.part, p.lines, p.score, p.loss) for p in ablation.parts] == [
        ("part 1", (2, 3), 0.7, 0.1),
        ("part 0", (1, 2), 0.812, -0.012),
        ("part 2", (3, 4), None, None),
    ]
    (ask,) = refinements_in(said)
    assert ask.ablation == ablation


def test_nobody_refines_a_candidate_while_it_is_taken_apart() -> None:
    work, said = pooled(model_alone(trials=300))
    started = take_apart(work, said, 1)
    meanwhile = [*said, *started, *work.climb(work.propose("other", "c01"), 0.6)]

    after = score(work, jobs_in(started)[0], 0.7)

    assert not refinements_in(meanwhile)
    assert refinements_in(after)


def test_where_lower_is_better_a_higher_score_is_a_loss() -> None:
    work, said = pooled(model_alone(), make_task(greater_is_better=False))
    first, second = jobs_in(take_apart(work, said, 2))

    score(work, first, 0.7)
    said = score(work, second, 0.9)

    parts = only(said, CandidateAblated).ablation.parts
    assert [(part.part, part.loss) for part in parts] == [
        ("part 1", 0.1),
        ("part 0", -0.1),
    ]


def test_where_nothing_can_be_taken_out_it_is_refined_as_ever() -> None:
    work, said = pooled(model_alone())

    said = take_apart(work, said, 0)

    (ask,) = refinements_in(said)
    assert ask.ablation is None
    assert not [s for s in said if isinstance(s.body, CandidateAblated)]


def test_where_no_version_runs_it_is_refined_as_ever() -> None:
    work, said = pooled(model_alone())
    first, second = jobs_in(take_apart(work, said, 2))

    fail(work, first)
    said = fail(work, second)

    (ask,) = refinements_in(said)
    assert ask.ablation is None


def test_a_failure_of_our_own_holds_up_no_refinement() -> None:
    work, said = pooled(model_alone())
    plan = plan_in(said)

    said = work.talk.tell(FAILED, loop=plan.loop, key=plan.key)

    assert len(refinements_in(said)) == 1


def test_a_fit_that_fails_by_our_fault_leaves_its_part_without_a_score() -> None:
    work, said = pooled(model_alone())
    first, second = jobs_in(take_apart(work, said, 2))

    work.talk.tell(FAILED, loop=first.loop, key=first.key)
    said = score(work, second, 0.7)

    parts = only(said, CandidateAblated).ablation.parts
    assert [part.score for part in parts] == [0.7, None]


def test_a_candidate_is_taken_apart_once_and_what_was_found_is_told_again() -> None:
    work, said = pooled(model_alone(trials=300))
    (job,) = jobs_in(take_apart(work, said, 1))
    said = score(work, job, 0.7)
    (first,) = refinements_in(said)
    assert first.ablation is not None

    drafts = [f"c{number:02d}" for number in range(1, 6)]
    later = [work.climb(work.propose(f"draft {loop}", loop), 0.6) for loop in drafts]

    again = [ask for said in later for ask in refinements_in(said)]
    assert {(ask.candidate, ask.ablation) for ask in again} == {
        (first.candidate, first.ablation)
    }
    assert min(ask.round for ask in again) > first.round
    assert not [s for said in later for s in said if isinstance(s.body, PlanAblation)]


@pytest.mark.parametrize(("trials", "is_paid"), [(34, True), (33, False)])
def test_fits_count_as_trials_and_leave_room_for_another_life(
    trials: int, is_paid: bool
) -> None:
    """Six drafts and three improvements hold 27; an ablation takes four, a life three."""
    work, said = pooled(model_alone(trials=trials))

    said = take_apart(work, said, 4)

    assert bool(jobs_in(said)) == is_paid
    assert bool(refinements_in(said)) != is_paid


def timed(elapsed_seconds: float) -> list[Statement]:
    settings = model_alone(trials=None, budget_seconds=60.0)
    work, said = pooled(settings)
    work.talk.tell(Tick(elapsed_seconds=elapsed_seconds))
    return take_apart(work, said, 2)


def test_nothing_is_taken_apart_that_could_not_be_refined_in_time() -> None:
    early, late = timed(1.0), timed(55.0)

    assert len(jobs_in(early)) == 2
    assert not jobs_in(late)
    assert len(refinements_in(late)) == 1


def test_under_a_clock_a_version_may_not_take_much_longer_than_the_candidate() -> None:
    limits = {job.limits.wall_seconds for job in fit_jobs(timed(1.0))}

    assert limits == {FEWEST_SECONDS}


def test_without_feedback_nothing_is_taken_apart() -> None:
    _, said = pooled(model_alone(is_feedback_on=False))

    assert not [s for s in said if isinstance(s.body, PlanAblation)]


def test_the_expert_takes_nothing_apart() -> None:
    _, said = pooled(make_settings(trials=60))

    assert len(refinements_in(said)) == 1
    assert not [s for s in said if isinstance(s.body, PlanAblation)]


@pytest.mark.parametrize("is_planned", [False, True])
def test_the_end_of_exploration_takes_an_ablation_back(is_planned: bool) -> None:
    work, said = pooled(model_alone())
    out = keys_of(jobs_in(take_apart(work, said, 2))) if is_planned else []
    out = out or [plan_in(said).key or ""]

    said = work.talk.tell(ExplorationClosed(reason="cancelled"))

    assert set(out) <= set(only(said, CancelEffects).keys)


# -- the whole team


def scripted_hybrid(trials: int = 200, workers: int = 2) -> RunSettings:
    return make_settings(trials=trials, workers=workers, proposer="hybrid:ideas.toml")


class Ideas(World):
    """The added lane has families of its own, in answers that keep their turn."""

    def _answer_ask(self, body: Propose, key: str) -> Input:
        if body.lane == "added":
            return self._live_answer(body.ask, key)
        return super()._answer_ask(body, key)


def ablations_of(story: Story) -> dict[str, Ablation]:
    bodies = story.bodies(CandidateAblated)
    return {body.ablation.candidate: body.ablation for body in bodies}


async def test_only_what_the_added_lane_tried_is_taken_apart_and_once(
    tmp_path: Path,
) -> None:
    story = await simulate(tmp_path / "j", scripted_hybrid(), Ideas())

    assert story.end == RunFinished(status="done")
    candidates = [body.candidate for body in story.bodies(PlanAblation)]
    assert candidates
    assert {candidate.loop[0] for candidate in candidates} == {"a"}
    assert len({candidate.id for candidate in candidates}) == len(candidates)
    refined = [
        body.ask for body in story.bodies(Propose) if isinstance(body.ask, RefineAsk)
    ]
    told = [ask for ask in refined if ask.ablation is not None]
    assert told
    assert all(ask.ablation == ablations_of(story)[ask.candidate] for ask in told)


async def test_the_experts_lane_does_the_same_as_alone(tmp_path: Path) -> None:
    both = await simulate(tmp_path / "both", scripted_hybrid(), Ideas())
    alone = await simulate(tmp_path / "alone", make_settings(trials=200), World())

    assert both.bodies(CandidateAblated)
    ours, theirs = (
        [b for b in s.bodies(TrialScored) if b.candidate.startswith("c")]
        for s in (both, alone)
    )
    assert ours == theirs


@pytest.mark.parametrize("trials", [30, 90, 200, 260])
async def test_trials_and_fits_without_a_part_stay_within_the_bound(
    trials: int, tmp_path: Path
) -> None:
    story = await simulate(tmp_path / "j", scripted_hybrid(trials), Ideas(breaks=0.1))

    lanes = [event.loop or "" for event in story.of_kind(TrialStarted)]
    jobs = [b.job for b in story.bodies(RunJob) if isinstance(b.job, FitJob)]
    taken = sum(loop.startswith("a") for loop in lanes)
    taken += sum(job.without is not None for job in jobs)
    assert taken <= int(trials * 3 / 7 + 1e-9)
    assert trials < 200 or any(job.without for job in jobs)


async def test_under_a_clock_fits_wait_for_the_lanes_share(tmp_path: Path) -> None:
    """Every job takes a second of the clock that ticks in this world."""
    settings = make_settings(budget_seconds=90.0, workers=4, proposer="hybrid")
    turns = 8
    pace = (int(turns / SECONDS_A_TICK),)
    world = World(drafts=10**6, turns=pace, live_lane="added")

    story = await simulate(tmp_path / "j", settings, world, Clock(turns=turns))

    planned = {e.loop: e.seq for e in story.of_kind(AblationPlanned)}
    begun: dict[str | None, int] = {}
    for event in story.events:
        match event.body:
            case RunJob(job=FitJob(without=str())):
                begun.setdefault(event.loop, event.seq)
            case _:
                pass
    ticks = [event.seq for event in story.of_kind(Tick)]
    waits = [
        sum(planned[loop] < tick < seq for tick in ticks) for loop, seq in begun.items()
    ]
    assert max(waits) > 0
    assert story.bodies(CandidateAblated)


@pytest.mark.parametrize("turns", [[3, 0, 11, 1, 7], [20, 1]])
async def test_whatever_finishes_first_the_run_says_the_same(
    turns: list[int], tmp_path: Path
) -> None:
    plain = Ideas(breaks=0.1, turns=[1])
    one = await simulate(tmp_path / "one", scripted_hybrid(workers=1), plain)
    other = await simulate(
        tmp_path / "other", scripted_hybrid(workers=5), replace(plain, turns=turns)
    )

    # The number of workers stands in the first line; nothing else depends on it.
    assert one.words()[1:] == other.words()[1:]
    assert one.bodies(CandidateAblated)
    Replayer(build_agents).verify(read_journal(one.path))


async def resume(path: Path, settings: RunSettings, world: World) -> Story:
    capacity = Capacity(settings.workers, REPRODUCIBLE_WINDOW, is_first_come=True)
    now = count(9_000_000)
    with JournalWriter(path) as journal:
        bus = Bus(build_agents(settings))
        mode = Mode(is_reproducible=True, capacity=capacity)
        core = Core("r1", bus, journal, world, mode, lambda: next(now))
        core.restore(read_journal(path))
        end = await core.run(SessionStarted(versions=(), fingerprint="f"))
    return Story(path, list(read_journal(path)), end)


async def test_a_run_cut_off_around_an_ablation_goes_on_to_the_same_end(
    tmp_path: Path,
) -> None:
    settings, world = model_alone(trials=40), World()
    whole = await simulate(tmp_path / "whole", settings, world)
    lines = whole.path.read_bytes().splitlines(keepends=True)
    ablated = next(e for e in whole.of_kind(CandidateAblated))
    places = [e.seq for e in whole.events if e.loop == ablated.loop]

    for seq in places[: places.index(ablated.seq) + 2]:
        path = tmp_path / f"cut-{seq}"
        path.write_bytes(b"".join(lines[: seq + 1]))
        again = await resume(path, settings, world)

        assert again.end == whole.end
        assert ablations_of(again) == ablations_of(whole)
        Replayer(build_agents).verify(read_journal(path))
    assert {e.body.kind for e in whole.events if e.seq in places} >= {
        "plan_ablation",
        "ablation_planned",
        "run_job",
        "fit_finished",
        "propose",
    }
