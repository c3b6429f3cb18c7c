"""The whole team in a simulated world, with the real core and the real journal."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.critic import REPAIRS_PER_LOOP
from agents.director import closing_seconds
from agents.improving import TUNING_PATIENCE
from agents.modeler import OPEN_LOOPS, WAITING_LOOPS
from agents.plan import FRUITLESS_ASKS
from agents.portfolio_plan import REFINEMENTS_PER_LOOP
from agents.team import build_agents
from bus.errors import Divergence
from bus.journal import read_journal
from bus.replay import Replayer
from schemas.asks import DraftAsk, RefineAsk, TuneAsk
from schemas.base import Frozen
from schemas.commands import Combine, PrepareTable, Propose, RunJob, ScoreHoldout
from schemas.ensemble import StrategyChoice
from schemas.inputs import (
    Combined,
    EffectCancelled,
    FeatureFinished,
    Proposed,
    ProposeFailed,
    TablePrepared,
    Tick,
)
from schemas.jobs import ColumnJudgement, Rung
from schemas.proposals import FeatureProposal
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    FeatureJudged,
    LoopClosed,
    LoopOpened,
    NoEnsemble,
    PoolFiltered,
    RepairReady,
    RepairRefused,
    RunCrashed,
    RunFinished,
    TrialFailed,
    TrialScored,
    TrialStarted,
    Verdict,
    ViewAccepted,
)
from schemas.settings import RunSettings
from schemas.task import TaskKind
from tests.agents.samples import make_settings, make_task
from tests.agents.simulation import SECONDS_A_TICK, Clock, simulate
from tests.agents.story import Story
from tests.agents.world import World


def check_loops(story: Story) -> None:
    """Every loop opens once and closes once, later, with a reason."""
    opened = {event.loop: event.seq for event in story.of_kind(LoopOpened)}
    closed = {event.loop: event.seq for event in story.of_kind(LoopClosed)}
    assert len(opened) == len(story.of_kind(LoopOpened))
    assert len(closed) == len(story.of_kind(LoopClosed))
    assert opened.keys() == closed.keys()
    assert all(opened[loop] < closed[loop] for loop in opened)
    assert all(body.reason for body in story.bodies(LoopClosed))
    for kind in (CandidateDrafted, TrialStarted, CandidatePooled, RepairReady):
        for event in story.of_kind(kind):
            assert opened[event.loop] < event.seq < closed[event.loop]


def check_rungs(story: Story, *, has_screen: bool, has_smoke: bool = True) -> None:
    """Every version climbs from its first rung to full and skips nothing between."""
    order = [Rung.SMOKE] if has_smoke else []
    order += [Rung.SCREEN, Rung.FULL] if has_screen else [Rung.FULL]
    rungs: dict[str, list[Rung]] = {}
    for trial in story.bodies(TrialStarted):
        rungs.setdefault(trial.candidate, []).append(trial.rung)
    assert all(climbed == order[: len(climbed)] for climbed in rungs.values())
    drafted = [d.candidate for d in story.bodies(CandidateDrafted)]
    assert set(rungs) == {c.id for c in drafted if c.loop != "s00"}
    for pooled in story.bodies(CandidatePooled):
        assert rungs[pooled.fit.candidate.id] == order


def check_verdicts(story: Story) -> None:
    """Only what was called sound on all folds is pooled, and then refined at most once."""
    sound = {
        verdict.candidate
        for verdict in story.bodies(Verdict)
        if verdict.rung is Rung.FULL and verdict.verdict == "sound"
    }
    pooled = [body.fit.candidate.id for body in story.bodies(CandidatePooled)]
    assert set(pooled) <= sound
    assert len(set(pooled)) == len(pooled)
    drafted = [body.candidate for body in story.bodies(CandidateDrafted)]
    for loop in {candidate.loop for candidate in drafted}:
        versions = [c for c in drafted if c.loop == loop]
        assert [c.version for c in versions] == list(range(1, len(versions) + 1))
        first, *others = [c.operator for c in versions]
        assert first in {"draft", "tune", "refine", "stack"}
        assert others.count("refine") <= (
            REFINEMENTS_PER_LOOP if first == "draft" else 0
        )
        assert others.count("repair") <= REPAIRS_PER_LOOP
        assert set(others) <= {"refine", "repair"}
        assert (versions[0].parent is None) == (first in {"draft", "stack"})
        assert versions[0].parent is None or versions[0].parent in pooled
        for old, new in pairwise(versions):
            assert new.parent == old.id
            assert new.operator == "repair" or old.id in pooled


def check_failures(story: Story) -> None:
    """Every failure is mended or given up, unless the run ended before."""
    asks = {
        event.parent
        for event in story.events
        if event.src == "critic" and isinstance(event.body, Propose | RepairRefused)
    }
    assert {event.seq for event in story.of_kind(TrialFailed)} <= asks


def check_effects(story: Story) -> None:
    """Every effect has one outcome, or was taken back in the run's last breath."""
    issued = [e.key for e in story.events if e.io == "out" and e.key]
    answered = [e.key for e in story.events if e.io == "in" and e.key]
    assert len(set(issued)) == len(issued)
    assert len(set(answered)) == len(answered)
    assert set(answered) <= set(issued)
    taken_back = {key for body in story.bodies(CancelEffects) for key in body.keys}
    assert {e.key for e in story.of_kind(EffectCancelled)} <= taken_back
    still_open = set(issued) - set(answered)
    if story.bodies(EnsembleChosen):
        assert not still_open
    elif story.bodies(TablePrepared):
        assert still_open <= taken_back


def check_ending(story: Story) -> None:
    """Exploration closes exactly once; after that an ensemble is frozen, or there is none."""
    closings = story.of_kind(ExplorationClosed)
    if not story.of_kind(TablePrepared):
        assert not closings
        return
    assert len(closings) == 1
    (end,) = closings
    finals = [
        event
        for event in story.events
        if isinstance(event.body, EnsembleChosen) and event.body.is_final
    ]
    assert len(finals) + len(story.of_kind(NoEnsemble)) == 1
    assert all(event.seq > end.seq for event in finals)
    begun = (TrialStarted, CandidateDrafted, LoopOpened, RunJob, Propose)
    assert not [
        e
        for e in story.events
        if e.seq > end.seq
        and isinstance(e.body, begun)
        and e.src != "ensembler"
        and e.loop != "s00"
    ]
    last_combine = [e for e in story.of_kind(Combine) if e.seq > end.seq]
    assert len(last_combine) <= 1
    holdouts = story.of_kind(ScoreHoldout)
    assert len(holdouts) == len(finals)
    assert all(event.seq > finals[0].seq for event in holdouts)


def check(story: Story, wanted: RunSettings, *, has_screen: bool = True) -> None:
    """All that holds for every run of the whole team."""
    assert isinstance(story.end, RunFinished)
    assert story.events[-1].body == story.end
    assert not story.of_kind(RunCrashed)
    if wanted.trials is not None:
        assert len(story.of_kind(TrialStarted)) <= wanted.trials
    check_loops(story)
    has_smoke = wanted.budget_seconds is None
    check_rungs(story, has_screen=has_screen, has_smoke=has_smoke)
    check_verdicts(story)
    check_failures(story)
    check_effects(story)
    check_ending(story)
    report = Replayer(build_agents).verify(read_journal(story.path))
    assert report.events == len(story.events)


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


async def test_flat_and_doubled_candidates_never_reach_the_pool(
    tmp_path: Path,
) -> None:
    wanted = make_settings(trials=90)

    story = await simulate(
        tmp_path / "j", wanted, World(flat=0.3, twins=0.5, drafts=900)
    )

    check(story, wanted)
    words = {verdict.verdict for verdict in story.bodies(Verdict)}
    assert words == {"sound", "degenerate", "duplicate"}
    pooled = [body.fit.predictions for body in story.bodies(CandidatePooled)]
    assert len(set(pooled)) == len(pooled)


async def test_a_view_holds_only_columns_that_beat_their_shuffled_copies_everywhere(
    tmp_path: Path,
) -> None:
    story = await simulate(tmp_path / "j", make_settings(trials=60), World(drafts=900))

    folds: dict[str, list[ColumnJudgement]] = {}
    for finished in story.bodies(FeatureFinished):
        for judgement in finished.report.judgements:
            folds.setdefault(judgement.name, []).append(judgement)
    passed = {
        name
        for name, found in folds.items()
        if all(one.importance > one.shadow_importance for one in found)
    }
    assert 0 < len(passed) < len(folds)
    judged = story.bodies(FeatureJudged)
    assert {name for body in judged for name in body.accepted} == passed
    (accepted,) = story.bodies(ViewAccepted)
    columns = {name for program in accepted.view.programs for name in program.columns}
    assert columns <= passed
    drafted = [body.candidate.view for body in story.bodies(CandidateDrafted)]
    assert accepted.view in drafted


async def test_the_ensemble_is_built_while_exploration_goes_on(tmp_path: Path) -> None:
    story = await simulate(tmp_path / "j", make_settings(trials=60), World(drafts=900))

    early = [body for body in story.bodies(EnsembleChosen) if not body.is_final]
    assert early
    pools = [len(body.pool) for body in story.bodies(Combine)]
    left_out = story.bodies(PoolFiltered)[-1].excluded
    assert pools[-1] + len(left_out) == len(story.of_kind(CandidatePooled))
    assert all(exclusion.reason for exclusion in left_out)


@pytest.mark.parametrize("kind", [TaskKind.CLUSTERING, TaskKind.REGRESSION])
async def test_with_one_split_versions_go_from_smoke_to_full(
    kind: TaskKind, tmp_path: Path
) -> None:
    wanted = make_settings(trials=40)
    world = World(
        task=make_task(kind=kind, folds=1, greater_is_better=False), drafts=99
    )

    story = await simulate(tmp_path / "j", wanted, world)

    is_clustering = kind is TaskKind.CLUSTERING
    proposals = [body.proposal for body in story.bodies(Proposed)]
    assert any(isinstance(p, FeatureProposal) for p in proposals)
    assert not [t for t in story.bodies(TrialStarted) if t.rung is Rung.SCREEN]
    check_loops(story)
    check_rungs(story, has_screen=False)
    assert story.end == RunFinished(status="done")
    assert bool(story.of_kind(ScoreHoldout)) != is_clustering


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


@settings(max_examples=15)
@given(
    turns=st.lists(st.integers(0, 30), min_size=1, max_size=17),
    workers=st.integers(1, 6),
    salt=st.integers(0, 3),
)
async def test_a_reproducible_run_says_the_same_whatever_finishes_first(
    turns: list[int],
    workers: int,
    salt: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("same")
    lines = []
    for name, pace, count in (("one", [1], 1), ("other", turns, workers)):
        world = World(
            salt=salt, breaks=0.2, hopeless=0.2, flat=0.1, raises=0.02, turns=pace
        )
        wanted = make_settings(trials=30, workers=count)
        lines.append((await simulate(folder / name, wanted, world)).words())

    # The number of workers stands in the first line; nothing else depends on it.
    assert lines[0][1:] == lines[1][1:]
    assert len(lines[0]) > 30


SHARES = st.sampled_from([0.0, 0.1, 0.4, 0.9])


@settings(max_examples=60)
@given(
    world=st.builds(
        World,
        salt=st.integers(0, 99),
        drafts=st.sampled_from([0, 1, 7, 900]),
        refuses=SHARES,
        repeats=SHARES,
        breaks=SHARES,
        hopeless=SHARES,
        flat=SHARES,
        twins=SHARES,
        raises=st.sampled_from([0.0, 0.1, 0.3]),
        turns=st.lists(st.integers(0, 20), min_size=1, max_size=9),
        task=st.builds(make_task, greater_is_better=st.booleans()),
        strategy=st.sampled_from(["auto", "best", "bagging", "written"]),
    ),
    trials=st.none() | st.integers(3, 60),
    workers=st.integers(1, 5),
    cancel_after=st.none() | st.integers(1, 20),
    ensemble=st.sampled_from(["auto", "voting", "bagging", "written"]),
)
async def test_every_world_comes_to_an_end_and_never_to_a_crash(
    world: World,
    trials: int | None,
    workers: int,
    cancel_after: int | None,
    ensemble: StrategyChoice,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    budget = None if trials is not None else 6.0
    wanted = make_settings(
        trials=trials, budget_seconds=budget, workers=workers, ensemble=ensemble
    )
    is_timed = trials is None
    clock = Clock(cancel_after=cancel_after, ticks=is_timed)

    path = tmp_path_factory.mktemp("world") / "j"
    story = await simulate(path, wanted, world, clock)

    check(story, wanted)


async def test_a_team_that_decides_otherwise_is_found_out(tmp_path: Path) -> None:
    story = await simulate(tmp_path / "j", make_settings(trials=30), World())
    (combined, *_) = story.of_kind(Combined)

    with pytest.raises(Divergence) as caught:
        Replayer(lambda found: build_agents(found)[:-1]).verify(
            read_journal(story.path)
        )

    first = story.of_kind(Combine)[0]
    assert caught.value.seq == first.seq < combined.seq


@pytest.mark.parametrize("is_feedback_on", [True, False])
@pytest.mark.parametrize("is_tuning_on", [True, False])
async def test_switches_are_real_and_the_journal_shows_it(
    is_feedback_on: bool, is_tuning_on: bool, tmp_path: Path
) -> None:
    wanted = make_settings(
        trials=200, is_feedback_on=is_feedback_on, is_tuning_on=is_tuning_on
    )

    story = await simulate(tmp_path / "j", wanted, World(drafts=12))

    check(story, wanted)
    asks = [body.ask for body in story.bodies(Propose)]
    assert any(isinstance(ask, RefineAsk) for ask in asks) is is_feedback_on
    assert any(isinstance(ask, TuneAsk) for ask in asks) is is_tuning_on
    assert any(getattr(ask, "leaderboard", ()) for ask in asks) is is_feedback_on


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
