"""What the expert answers to each kind of ask."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.proposer import ExpertProposer
from proposers.spending import NOTHING_SPENT
from schemas.asks import (
    Briefing,
    DraftAsk,
    FeatureAsk,
    RefineAsk,
    RepairAsk,
    ScoredCandidate,
    StackedColumns,
    StackerAsk,
    StrategyAsk,
    TuneAsk,
)
from schemas.candidate import RAW_VIEW, View
from schemas.jobs import Failure
from schemas.proposals import (
    CandidateProposal,
    FeatureProposal,
    NoProposal,
    RepairProposal,
    StrategyProposal,
)
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing, TextStore

BETTER = View(name="features-1")
BOTH = (RAW_VIEW, BETTER)


@pytest.fixture
def expert(store: "TextStore") -> ExpertProposer:
    return ExpertProposer(store)


@pytest.fixture
def briefing(briefing_for: "MakeBriefing") -> Briefing:
    return briefing_for(TaskKind.BINARY, rows=5000)


async def draft(
    expert: ExpertProposer,
    briefing: Briefing,
    index: int = 0,
    views: tuple[View, ...] = (RAW_VIEW,),
) -> CandidateProposal:
    ask = DraftAsk(index=index, views=views)
    proposal = (await expert.propose(ask, briefing)).proposal
    assert isinstance(proposal, CandidateProposal)
    return proposal


async def all_drafts(
    expert: ExpertProposer, briefing: Briefing, views: tuple[View, ...] = (RAW_VIEW,)
) -> list[CandidateProposal]:
    found: list[CandidateProposal] = []
    while True:
        ask = DraftAsk(index=len(found), views=views)
        proposal = (await expert.propose(ask, briefing)).proposal
        if not isinstance(proposal, CandidateProposal):
            return found
        found.append(proposal)


async def refined(
    expert: ExpertProposer, ask: RefineAsk, briefing: Briefing
) -> CandidateProposal:
    proposal = (await expert.propose(ask, briefing)).proposal
    assert isinstance(proposal, CandidateProposal)
    return proposal


async def program_names(
    expert: ExpertProposer, briefing: Briefing, number: int
) -> list[str]:
    proposal = (await expert.propose(FeatureAsk(round=number), briefing)).proposal
    assert isinstance(proposal, FeatureProposal)
    return [program.name for program in proposal.programs]


def refine(
    draft: CandidateProposal,
    number: int = 1,
    views: tuple[View, ...] = (RAW_VIEW,),
    leaderboard: tuple[ScoredCandidate, ...] = (),
    name: str = "c01-v1",
) -> RefineAsk:
    return RefineAsk(
        candidate=name,
        source=draft.source,
        family=draft.family,
        title=draft.title,
        view=RAW_VIEW,
        score=0.3,
        standard_error=0.01,
        round=number,
        views=views,
        leaderboard=leaderboard,
    )


async def test_the_first_draft_is_linear_and_then_the_strong_families_follow(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    found = await all_drafts(expert, briefing)

    families = [candidate.family for candidate in found]
    assert families[:4] == ["linear", "lightgbm", "catboost", "extra_trees"]
    assert {candidate.origin for candidate in found} == {"expert"}
    assert {candidate.view for candidate in found} == {"raw"}


async def test_small_tables_try_a_process_and_a_network_early(
    expert: ExpertProposer, briefing_for: "MakeBriefing"
) -> None:
    found = await all_drafts(expert, briefing_for(TaskKind.BINARY, rows=200))

    assert [candidate.family for candidate in found[:5]] == [
        "linear",
        "lightgbm",
        "gaussian_process",
        "gaussian_process",
        "mlp",
    ]


async def test_an_end_of_the_portfolio_is_said(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    answer = await expert.propose(DraftAsk(index=99, views=BOTH), briefing)

    assert answer.proposal == NoProposal(reason="portfolio exhausted")


async def test_asking_again_gives_the_same_answer(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    assert await draft(expert, briefing, 3) == await draft(expert, briefing, 3)


async def test_an_accepted_view_is_shared_out_after_the_first_three(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    found = await all_drafts(expert, briefing, BOTH)

    views = [candidate.view for candidate in found]
    assert views[:3] == ["raw"] * 3
    assert views.count("features-1") >= 5
    pairs = [(candidate.fingerprint, candidate.view) for candidate in found]
    assert len(set(pairs)) == len(pairs)
    assert {c.family for c in found if c.view != "raw"} <= {
        "linear",
        "lightgbm",
        "catboost",
    }


async def test_a_short_budget_learns_faster_and_a_long_one_slower(
    expert: ExpertProposer, briefing_for: "MakeBriefing", store: "TextStore"
) -> None:
    rates = []
    for budget in (60.0, 300.0, 3600.0):
        entry = await draft(expert, briefing_for(TaskKind.BINARY, 5000, budget), 1)
        source = store.read_text(entry.source)
        rates.append(float(source.split('"learning_rate": ')[1].split(",")[0]))

    assert rates == [0.1, 0.075, 0.05]


@pytest.mark.parametrize("number", [1, 3])
async def test_a_refinement_tries_the_newest_view_first_and_then_moves(
    expert: ExpertProposer, briefing: Briefing, number: int
) -> None:
    first = await draft(expert, briefing, 1)
    ask = refine(first, number, views=BOTH)
    untried = ask.model_copy(update={"untried_view": BOTH[-1]})

    on_view = await refined(expert, untried, briefing)
    moved = await refined(expert, ask, briefing)

    assert (on_view.fingerprint, on_view.view) == (first.fingerprint, "features-1")
    assert moved.fingerprint != first.fingerprint
    assert moved.title.startswith(first.title)


async def test_refinements_differ_by_candidate_and_round_but_not_by_chance(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    first = await draft(expert, briefing, 1)
    asks = [refine(first, n, name=f"c{c:02d}") for c in range(3) for n in (1, 2)]

    answers = [await refined(expert, ask, briefing) for ask in asks]
    again = [await refined(expert, ask, briefing) for ask in asks]

    assert answers == again
    assert len({answer.fingerprint for answer in answers}) >= 4


async def test_a_source_without_parameters_cannot_be_refined(
    expert: ExpertProposer, briefing: Briefing, store: "TextStore"
) -> None:
    first = await draft(expert, briefing, 1)
    foreign = first.model_copy(
        update={"source": store.keep_text("class Candidate: ...")}
    )

    answer = await expert.propose(refine(foreign), briefing)

    assert isinstance(answer.proposal, NoProposal)


async def test_a_repair_names_its_diagnosis(
    expert: ExpertProposer, briefing: Briefing, store: "TextStore"
) -> None:
    broken = "class Model:\n    def fit(self): ...\n    def predict(self): ...\n"
    failure = Failure(kind="contract", stage="load", message="no class Candidate")
    ask = RepairAsk(
        candidate="c00-v1", source=store.keep_text(broken), failure=failure, attempt=1
    )

    answer = (await expert.propose(ask, briefing)).proposal

    assert isinstance(answer, RepairProposal)
    assert "Candidate = Model" in store.read_text(answer.source)
    assert answer.diagnosis == "class Model was not called Candidate"


async def test_an_unknown_failure_is_not_repaired(
    expert: ExpertProposer, briefing: Briefing, store: "TextStore"
) -> None:
    failure = Failure(kind="exception", stage="fit", exception="ZeroDivisionError")
    ask = RepairAsk(
        candidate="c00-v1", source=store.keep_text("x = 1"), failure=failure, attempt=1
    )

    answer = await expert.propose(ask, briefing)

    assert isinstance(answer.proposal, NoProposal)
    assert "ZeroDivisionError" in answer.proposal.reason


async def test_feature_programs_look_at_a_target_only_where_there_is_one(
    expert: ExpertProposer, briefing_for: "MakeBriefing"
) -> None:
    supervised = await program_names(expert, briefing_for(TaskKind.REGRESSION), 0)
    clustering = await program_names(expert, briefing_for(TaskKind.CLUSTERING), 0)

    assert supervised[:4] == ["ratios", "differences", "products", "group_statistics"]
    assert set(supervised) - set(clustering) == {"target_encodings"}
    assert {"dates", "texts", "crosses"} <= set(clustering)


async def test_a_further_round_without_accepted_columns_has_no_programs(
    expert: ExpertProposer, briefing_for: "MakeBriefing"
) -> None:
    assert await program_names(expert, briefing_for(TaskKind.REGRESSION), 1) == []


async def test_expert_answers_cost_nothing(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    answer = await expert.propose(DraftAsk(index=0, views=(RAW_VIEW,)), briefing)

    assert isinstance(answer.proposal, CandidateProposal)
    assert answer.spent == NOTHING_SPENT


async def test_a_tuned_version_keeps_family_and_view(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    drafted = (await all_drafts(expert, briefing))[1]
    ask = TuneAsk(
        candidate="c01-v1",
        source=drafted.source,
        family=drafted.family,
        title=drafted.title,
        view=BETTER,
        score=0.8,
        standard_error=0.01,
        round=2,
    )

    proposal = (await expert.propose(ask, briefing)).proposal

    assert isinstance(proposal, CandidateProposal)
    assert (proposal.family, proposal.view) == (drafted.family, BETTER.name)
    assert proposal.title == f"{drafted.title} | tuned, round 2"
    assert proposal.fingerprint != drafted.fingerprint


async def test_clusterings_are_tuned_by_their_internal_score(
    expert: ExpertProposer, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(TaskKind.CLUSTERING, rows=300)
    drafted = await draft(expert, briefing)
    ask = TuneAsk(
        candidate="c00-v1",
        source=drafted.source,
        family=drafted.family,
        title=drafted.title,
        view=RAW_VIEW,
        score=0.3,
        standard_error=0.0,
        round=1,
    )

    proposal = (await expert.propose(ask, briefing)).proposal

    assert isinstance(proposal, CandidateProposal)
    assert proposal.family == drafted.family
    assert proposal.fingerprint != drafted.fingerprint


async def test_the_numbers_decide_how_candidates_are_combined(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    ask = StrategyAsk(choices=("greedy", "voting"), pooled=5)

    proposal = (await expert.propose(ask, briefing)).proposal

    assert isinstance(proposal, StrategyProposal)
    assert proposal.strategy == "auto"


@pytest.mark.parametrize("kind", [TaskKind.BINARY, TaskKind.REGRESSION])
async def test_a_stacker_is_written_like_any_candidate(
    kind: TaskKind, expert: ExpertProposer, briefing_for: "MakeBriefing"
) -> None:
    member = StackedColumns(family="linear", title="a line", columns=("m0",))

    ask = StackerAsk(row_count=2000, members=(member,))
    proposal = (await expert.propose(ask, briefing_for(kind, rows=2000))).proposal

    assert isinstance(proposal, CandidateProposal)
    assert proposal.title.startswith("Stacker")


async def test_an_overfit_candidate_is_made_simpler(
    expert: ExpertProposer, briefing: Briefing
) -> None:
    trees = next(
        d for d in await all_drafts(expert, briefing) if d.family == "extra_trees"
    )
    ask = RefineAsk(
        candidate="c02-v1",
        source=trees.source,
        family=trees.family,
        title=trees.title,
        view=RAW_VIEW,
        score=0.8,
        standard_error=0.01,
        train_score=1.0 if briefing.task.greater_is_better else 0.0,
        round=1,
        views=(RAW_VIEW,),
    )

    proposal = (await expert.propose(ask, briefing)).proposal

    assert isinstance(proposal, CandidateProposal)
    assert "| simpler: min_samples_leaf" in proposal.title
