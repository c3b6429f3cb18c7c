"""What holds for every run of the whole team."""

from itertools import pairwise

from agents.critic import REPAIRS_PER_LOOP
from agents.portfolio_plan import REFINEMENTS_PER_LOOP
from agents.team import build_agents
from bus.journal import read_journal
from bus.replay import Replayer
from schemas.commands import Combine, Propose, RunJob, ScoreHoldout
from schemas.inputs import EffectCancelled, TablePrepared
from schemas.jobs import Rung
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    NoEnsemble,
    RepairReady,
    RepairRefused,
    RunCrashed,
    RunFinished,
    TrialFailed,
    TrialStarted,
    Verdict,
)
from schemas.settings import RunSettings
from tests.agents.story import Story


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
