"""What the whole team tries, and what it lets through."""

from pathlib import Path

import pytest

from schemas.asks import RefineAsk, TuneAsk
from schemas.commands import Propose, ScoreHoldout
from schemas.inputs import FeatureFinished, Proposed
from schemas.jobs import ColumnJudgement, Rung
from schemas.proposals import FeatureProposal
from schemas.sayings import (
    CandidateDrafted,
    CandidatePooled,
    FeatureJudged,
    RunFinished,
    TrialStarted,
    Verdict,
    ViewAccepted,
)
from schemas.task import TaskKind
from tests.agents.samples import make_settings, make_task
from tests.agents.simulation import simulate
from tests.agents.whole_team_checks import check, check_loops, check_rungs
from tests.agents.world import World


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
