"""Every source that the expert writes is fitted for real, and keeps its promises."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.proposer import ExpertProposer
from schemas.asks import Briefing, DraftAsk, FeatureAsk, RefineAsk
from schemas.candidate import RAW_VIEW
from schemas.proposals import CandidateProposal, FeatureProposal
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import (
        LoadSource,
        MakeBriefing,
        MakeData,
        RunSource,
        TextStore,
    )


def small(source: str) -> str:
    """The same source with few rounds, so that all of them run in seconds."""
    return source.replace('"rounds": 1500', '"rounds": 25')


async def drafts(expert: ExpertProposer, briefing: Briefing) -> list[CandidateProposal]:
    found: list[CandidateProposal] = []
    while True:
        ask = DraftAsk(index=len(found), views=(RAW_VIEW,))
        proposal = (await expert.propose(ask, briefing)).proposal
        if not isinstance(proposal, CandidateProposal):
            return found
        found.append(proposal)


def refinement_of(draft: CandidateProposal) -> RefineAsk:
    return RefineAsk(
        candidate="c00-v1",
        source=draft.source,
        family=draft.family,
        title=draft.title,
        view=RAW_VIEW,
        score=0.5,
        standard_error=0.1,
        round=1,
        views=(RAW_VIEW,),
    )


@pytest.mark.parametrize("kind", list(TaskKind))
async def test_every_draft_and_its_refinement_run(
    kind: TaskKind,
    store: "TextStore",
    briefing_for: "MakeBriefing",
    run_source: "RunSource",
) -> None:
    expert, briefing = ExpertProposer(store), briefing_for(kind)

    found = await drafts(expert, briefing)

    assert 14 <= len(found) <= 26
    assert len({draft.fingerprint for draft in found}) == len(found)
    for draft in found:
        run_source(small(store.read_text(draft.source)), kind, warn="error")
        refined = (await expert.propose(refinement_of(draft), briefing)).proposal
        assert isinstance(refined, CandidateProposal)
        assert refined.fingerprint != draft.fingerprint
        run_source(small(store.read_text(refined.source)), kind, warn="error")


@pytest.mark.parametrize("kind", TaskKind)
async def test_every_feature_program_makes_new_columns(
    kind: TaskKind,
    store: "TextStore",
    briefing_for: "MakeBriefing",
    data_for: "MakeData",
    load_source: "LoadSource",
) -> None:
    ask = FeatureAsk(round=0)
    answer = await ExpertProposer(store).propose(ask, briefing_for(kind))
    data = data_for(kind)

    assert isinstance(answer.proposal, FeatureProposal)
    for program in answer.proposal.programs:
        features = load_source(store.read_text(program.source)).Features()
        if features.needs_y:
            features.fit(data.train, data.target)
        else:
            features.fit(data.train)
        made = features.transform(data.rows)
        assert made.index.equals(data.rows.index)
        assert made.columns.size > 0
        assert not set(made.columns) & set(data.rows.columns)
