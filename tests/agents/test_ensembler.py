"""The Ensembler has a result at any moment, and freezes the last one."""

from typing import get_args

import pytest

from agents.bagging import REFITS
from agents.director import closing_seconds
from agents.ensembler import ASKING_POOL, LARGEST_POOL, Ensembler
from agents.stacker import PARTS_OF_ONE_FOLD
from bus.agent import Statement
from schemas.asks import StackerAsk, StrategyAsk
from schemas.commands import Combine, PooledFit, Propose, RunJob
from schemas.ensemble import Strategy, StrategyChoice
from schemas.inputs import (
    Combined,
    CombineFailed,
    EffectFailed,
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    Tick,
)
from schemas.jobs import FitJob, Rung, StackJob
from schemas.proposals import NoProposal, StrategyProposal
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    NoEnsemble,
    PoolFiltered,
    RepairReady,
    RepairRefused,
    StrategyDropped,
    TrialFailed,
)
from schemas.settings import RunSettings
from schemas.task import TaskKind
from tests.agents.conversation import Conversation, keys_of, kinds, only
from tests.agents.samples import (
    make_candidate,
    make_ensemble,
    make_failure,
    make_fit,
    make_proposal,
    make_ready,
    make_report,
    make_scored,
    make_settings,
    make_task,
)

CLOSED = ExplorationClosed(reason="trials")
FAILED = EffectFailed(exception="OSError", message="no space left")


AUTO = StrategyProposal(strategy="auto", reason="numbers decide", origin="expert")


def ensembler(
    settings: RunSettings | None = None,
    *,
    greater_is_better: bool = True,
    kind: TaskKind = TaskKind.BINARY,
    rows: int = 800,
) -> Conversation:
    talk = Conversation(Ensembler(settings or make_settings(trials=30)))
    task = make_task(greater_is_better=greater_is_better, kind=kind)
    task = task.model_copy(update={"rows": rows})
    assert talk.tell(make_ready(task)) == []
    return talk


def fit_number(number: int, score: float = 0.8, family: str = "linear") -> PooledFit:
    candidate = make_candidate(f"c{number:02d}").model_copy(update={"family": family})
    return make_fit(candidate, [score] * 3)


def pool(
    talk: Conversation, number: int, score: float = 0.8, family: str = "linear"
) -> list[Statement]:
    fit = fit_number(number, score, family)
    return talk.tell(CandidatePooled(fit=fit, standard_error=0.01))


def without_asks(statements: list[Statement]) -> list[Statement]:
    return [s for s in statements if not isinstance(s.body, Propose)]


def close(
    talk: Conversation, answer: Proposed | ProposeFailed | None = None
) -> list[Statement]:
    """Close exploration, and answer the ask for a strategy, if there is one."""
    said = talk.tell(CLOSED)
    asked = [s for s in said if isinstance(s.body, Propose)]
    rest = [s for s in said if s not in asked]
    for statement in asked:
        body = answer or Proposed(proposal=AUTO)
        rest += talk.tell(body, key=statement.key)
    return rest


def combined(talk: Conversation, asked: list[Statement]) -> list[Statement]:
    """Answer the one combine that was asked for."""
    command = only(asked, Combine)
    (key,) = keys_of(asked)
    return talk.tell(Combined(ensemble=make_ensemble(command.pool)), key=key)


def members(asked: list[Statement]) -> list[str]:
    return [fit.candidate.id for fit in only(asked, Combine).pool]


def test_every_pooled_candidate_leads_to_a_new_ensemble() -> None:
    talk = ensembler()

    first = combined(talk, pool(talk, 0))
    second = combined(talk, pool(talk, 1))

    assert kinds(first) == kinds(second) == ["ensemble_chosen"]
    assert not only(second, EnsembleChosen).is_final


def test_ensembles_are_built_one_at_a_time() -> None:
    talk = ensembler()
    asked = pool(talk, 0, 0.7)
    assert pool(talk, 1, 0.9) == []
    assert pool(talk, 2, 0.8) == []

    said = combined(talk, asked)

    assert kinds(said) == ["ensemble_chosen", "combine"]
    assert members(said) == ["c01-v1", "c02-v1", "c00-v1"]
    assert kinds(combined(talk, said)) == ["ensemble_chosen"]


@pytest.mark.parametrize(
    ("greater", "first"), [(True, ["c01-v1", "c00-v1"]), (False, ["c00-v1", "c01-v1"])]
)
def test_the_pool_is_ordered_by_what_is_better(greater: bool, first: list[str]) -> None:
    talk = ensembler(greater_is_better=greater)
    worse, better = (0.6, 0.7) if greater else (0.3, 0.4)
    combined(talk, pool(talk, 0, worse))

    assert members(pool(talk, 1, better)) == first


def test_the_pool_keeps_the_best() -> None:
    talk = ensembler(rows=20_000)
    said: list[Statement] = []
    for number in range(LARGEST_POOL + 5):
        said = without_asks(pool(talk, number, 0.51 + number / 100))
        combined(talk, said)

    assert len(members(said)) == LARGEST_POOL
    assert "c04-v1" not in members(said)
    assert "c05-v1" in members(said)


def test_at_the_end_the_ensemble_is_built_once_more_for_good() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))

    asked = close(talk)
    said = combined(talk, asked)

    assert only(asked, Combine).is_final
    assert only(said, EnsembleChosen).is_final


def test_at_the_end_the_one_that_is_being_built_is_taken_back() -> None:
    talk = ensembler()
    (key,) = keys_of(pool(talk, 0))
    pool(talk, 1)

    said = close(talk)

    assert kinds(said) == ["cancel_effects", "combine"]
    assert only(said, CancelEffects).keys == (key,)
    assert len(members(said)) == 2
    assert kinds(combined(talk, [said[1]])) == ["ensemble_chosen"]


def test_where_nothing_was_pooled_the_best_with_most_folds_stands_in() -> None:
    talk = ensembler()
    for number, rung, scores in (
        (0, Rung.SMOKE, [0.99]),
        (1, Rung.SCREEN, [0.9]),
        (2, Rung.FULL, [0.7, 0.7]),
        (3, Rung.FULL, [0.8, 0.8]),
        (4, Rung.FULL, [0.6, 0.6]),
        (5, Rung.SCREEN, [0.95]),
    ):
        candidate = make_candidate(f"c{number:02d}")
        assert talk.tell(make_scored(candidate, rung, scores)) == []

    said = talk.tell(CLOSED)

    assert members(said) == ["c03-v1"]
    assert only(said, Combine).is_final


def test_who_has_no_model_cannot_stand_in() -> None:
    talk = ensembler()
    scored = make_scored(make_candidate(), Rung.FULL, [0.8])
    fit = scored.fit.model_copy(update={"models": ()})
    talk.tell(scored.model_copy(update={"fit": fit}))

    assert kinds(talk.tell(CLOSED)) == ["no_ensemble"]


def test_where_nothing_was_scored_there_is_no_ensemble() -> None:
    said = ensembler().tell(CLOSED)

    assert "no candidate" in only(said, NoEnsemble).reason


def test_if_the_last_ensemble_fails_the_one_before_is_taken() -> None:
    talk = ensembler()
    before = only(combined(talk, pool(talk, 0)), EnsembleChosen)
    (key,) = keys_of(close(talk))

    said = talk.tell(FAILED, key=key)

    assert only(said, EnsembleChosen) == EnsembleChosen(
        ensemble=before.ensemble, is_final=True
    )


def test_if_the_only_ensemble_fails_there_is_none() -> None:
    talk = ensembler()
    (early,) = keys_of(pool(talk, 0))
    assert talk.tell(FAILED, key=early) == []
    (key,) = keys_of(close(talk))

    said = talk.tell(FAILED, key=key)

    assert only(said, NoEnsemble).reason == (
        "the ensemble could not be built: no space left"
    )


def test_an_ensemble_that_failed_is_built_again_with_the_next_candidate() -> None:
    talk = ensembler()
    (key,) = keys_of(pool(talk, 0))
    talk.tell(FAILED, key=key)

    assert members(pool(talk, 1)) == ["c00-v1", "c01-v1"]


# -- what is left out


def test_the_weak_are_left_out_with_a_reason_and_it_is_said_when_that_changes() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0, 0.9))

    said = pool(talk, 1, 0.4)
    combined(talk, said[-1:])
    later = pool(talk, 2, 0.9)

    (exclusion,) = only(said, PoolFiltered).excluded
    assert exclusion.candidate == "c01-v1"
    assert exclusion.reason == "weak: no better than the baseline 0.5"
    assert members(said) == ["c00-v1"]
    assert kinds(later) == ["combine"]


def test_clusterings_are_left_to_the_consensus() -> None:
    talk = ensembler(kind=TaskKind.CLUSTERING)
    combined(talk, pool(talk, 0, 0.9))

    assert members(pool(talk, 1, 0.1)) == ["c00-v1", "c01-v1"]


def test_where_no_consensus_can_be_had_there_is_no_ensemble_and_the_reason_is_told() -> (
    None
):
    talk = ensembler(kind=TaskKind.CLUSTERING)
    (key,) = keys_of(pool(talk, 0))
    failed = CombineFailed(message="all 1 partitions are degenerate")
    assert talk.tell(failed, key=key) == []
    (key,) = keys_of(talk.tell(CLOSED))

    said = talk.tell(failed, key=key)

    assert only(said, NoEnsemble).reason == (
        "the ensemble could not be built: all 1 partitions are degenerate"
    )


# -- the strategy


def test_the_proposer_is_asked_once_there_is_enough_to_say() -> None:
    talk = ensembler()
    said = [pool(talk, number, 0.8 - number / 100) for number in range(ASKING_POOL + 1)]

    asked = [[s for s in each if isinstance(s.body, Propose)] for each in said]
    assert [len(each) for each in asked] == [0] * (ASKING_POOL - 1) + [1, 0]
    ask = only(asked[-2], Propose).ask
    assert isinstance(ask, StrategyAsk)
    assert ask.choices == get_args(Strategy)
    assert [line.id for line in ask.leaderboard] == [
        f"c{number:02d}-v1" for number in range(ASKING_POOL)
    ]
    assert [(cell.family, cell.view, cell.count) for cell in ask.tried] == [
        ("linear", "raw", ASKING_POOL)
    ]


def test_without_feedback_the_ask_carries_no_scores() -> None:
    talk = ensembler(make_settings(trials=30, is_feedback_on=False))
    combined(talk, pool(talk, 0))

    ask = only(talk.tell(CLOSED), Propose).ask

    assert isinstance(ask, StrategyAsk)
    assert ask.leaderboard == ()


def test_the_last_ensemble_waits_for_the_answer_and_takes_it_along() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))
    asked = talk.tell(CLOSED)
    assert kinds(asked) == ["propose"]
    proposal = StrategyProposal(strategy="voting", reason="few rows", origin="llm")

    said = talk.tell(Proposed(proposal=proposal), key=asked[0].key)

    assert only(said, Combine).suggested == "voting"


@pytest.mark.parametrize(
    "answer",
    [
        ProposeFailed(message="down"),
        Proposed(proposal=NoProposal(reason="no idea")),
        FAILED,
    ],
)
def test_without_an_answer_the_numbers_decide(answer: Proposed | ProposeFailed) -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0))

    command = only(close(talk, answer), Combine)

    assert (command.strategy, command.suggested) == ("auto", None)


@pytest.mark.parametrize("strategy", ["greedy", "voting", "stacking", "best"])
def test_a_strategy_of_the_users_own_is_not_asked_about(
    strategy: StrategyChoice,
) -> None:
    talk = ensembler(make_settings(trials=30, ensemble=strategy))
    combined(talk, pool(talk, 0))

    said = talk.tell(CLOSED)

    assert kinds(said) == ["combine"]
    assert only(said, Combine).strategy == strategy


def test_a_user_who_cancels_waits_for_nothing() -> None:
    talk = ensembler(make_settings(trials=30, ensemble="bagging"))
    combined(talk, pool(talk, 0))

    said = talk.tell(ExplorationClosed(reason="cancelled"))

    assert kinds(said) == ["strategy_dropped", "combine"]
    assert only(said, StrategyDropped).reason == "no refit was completed"


# -- bagging


def bagging(talk: Conversation) -> list[Statement]:
    """Pool two families and close; the refits that are asked for."""
    for number, family in enumerate(("linear", "lightgbm", "linear")):
        combined(talk, pool(talk, number, 0.8 - number / 1000, family))
    return talk.tell(CLOSED)


def test_bagging_has_the_best_of_two_families_refitted_on_bootstrap_samples() -> None:
    jobs = bagging(ensembler(make_settings(trials=30, ensemble="bagging")))

    bodies = [s.body.job for s in jobs if isinstance(s.body, RunJob)]
    fits = [job for job in bodies if isinstance(job, FitJob)]
    assert len(fits) == len(jobs) == 2 * REFITS * 3
    assert {job.candidate.rpartition("-")[0] for job in fits} == {"c00-v1", "c01-v1"}
    assert {job.rung for job in fits} == {Rung.FULL}
    samples = {(job.candidate, job.bootstrap) for job in fits}
    assert len(samples) == len({bootstrap for _, bootstrap in samples}) == 2 * REFITS
    assert None not in {job.bootstrap for job in fits}


def test_only_refits_with_all_their_folds_are_bagged() -> None:
    talk = ensembler(make_settings(trials=30, ensemble="bagging"))
    first, *others = bagging(talk)
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    assert talk.tell(failed, key=first.key) == []

    said: list[Statement] = []
    for job in others:
        body = FitFinished(report=make_report(0.8, str(job.key)))
        said = talk.tell(body, key=job.key)

    command = only(said, Combine)
    assert command.is_final
    assert [len(bag.refits) for bag in command.bagged] == [REFITS - 1, REFITS]
    assert all(len(r.models) == 3 for bag in command.bagged for r in bag.refits)
    assert StrategyDropped not in {type(s.body) for s in said}


def test_at_its_deadline_the_last_ensemble_is_built_of_what_there_is() -> None:
    settings = make_settings(budget_seconds=100.0, ensemble="bagging")
    talk = ensembler(settings)
    jobs = bagging(talk)
    first_refit = [job for job in jobs if (job.key and "-b0" in str(job.body))]
    for job in first_refit:
        talk.tell(FitFinished(report=make_report()), key=job.key)
    deadline = closing_seconds(100.0, make_task().rows)
    assert talk.tell(Tick(elapsed_seconds=deadline - 0.1)) == []

    said = talk.tell(Tick(elapsed_seconds=deadline))

    assert kinds(said) == ["cancel_effects", "combine"]
    assert len(only(said, CancelEffects).keys) == len(jobs) - len(first_refit)
    assert [len(bag.refits) for bag in only(said, Combine).bagged] == [1, 1]


def test_refits_that_nobody_asked_for_are_made_if_the_clock_leaves_time() -> None:
    def jobs_at(elapsed: float) -> list[Statement]:
        talk = ensembler(make_settings(budget_seconds=100.0))
        scored = make_scored(make_candidate(), Rung.FULL, [0.8, 0.8, 0.8])
        talk.tell(scored)
        combined(talk, pool(talk, 0))
        talk.tell(Tick(elapsed_seconds=elapsed))
        return [s for s in close(talk) if isinstance(s.body, RunJob)]

    assert len(jobs_at(10.0)) == REFITS * 3
    assert jobs_at(88.0) == []


# -- a written stacker


def stacker(talk: Conversation) -> tuple[list[Statement], list[Statement]]:
    """Pool, close, and let the stacker be written: what was asked, and its jobs."""
    for number in range(3):
        combined(talk, pool(talk, number, 0.8 - number / 1000))
    asked = talk.tell(CLOSED)
    (key,) = keys_of(asked)
    said = talk.tell(Proposed(proposal=make_proposal("stacker")), loop="s00", key=key)
    return asked, said


WRITTEN = make_settings(trials=30, ensemble="written")


def test_a_stacker_is_asked_for_with_the_columns_it_will_get() -> None:
    asked, said = stacker(ensembler(WRITTEN))

    assert kinds(asked) == ["loop_opened", "propose"]
    ask = only(asked, Propose).ask
    assert isinstance(ask, StackerAsk)
    assert [member.columns for member in ask.members] == [("m0",), ("m1",), ("m2",)]
    candidate = only(said, CandidateDrafted).candidate
    assert (candidate.id, candidate.operator) == ("s00-v1", "stack")


def test_a_stacker_is_fitted_once_for_every_part_that_it_predicts() -> None:
    talk = ensembler(WRITTEN)
    _, said = stacker(talk)
    jobs = [s for s in said if isinstance(s.body, RunJob)]
    bodies = [s.body.job for s in jobs if isinstance(s.body, RunJob)]
    stacked = [job for job in bodies if isinstance(job, StackJob)]
    assert [(job.part, job.parts, job.folds) for job in stacked] == [
        (part, 3, (0, 1, 2)) for part in range(3)
    ]

    done: list[Statement] = []
    for job in jobs:
        body = FitFinished(report=make_report(0.9, str(job.key)))
        done = talk.tell(body, loop="s00", key=job.key)

    assert kinds(done) == ["loop_closed", "combine"]
    fit = only(done, Combine).stacker
    assert fit is not None
    assert len(fit.models) == len(fit.predictions) == 3
    assert [member.candidate.id for member in fit.members] == [
        "c00-v1",
        "c01-v1",
        "c02-v1",
    ]


def test_where_there_is_one_fold_its_rows_are_cut_for_the_stacker() -> None:
    talk = Conversation(Ensembler(WRITTEN))
    talk.tell(make_ready(make_task(folds=1)))
    fit = make_fit(make_candidate(), [0.8])
    asked = talk.tell(CandidatePooled(fit=fit, standard_error=0.0))
    combined(talk, asked)
    (key,) = keys_of(talk.tell(CLOSED))

    said = talk.tell(Proposed(proposal=make_proposal("stacker")), loop="s00", key=key)

    assert kinds(said).count("run_job") == PARTS_OF_ONE_FOLD


def test_a_stacker_that_fails_goes_to_the_critic_and_comes_back_mended() -> None:
    talk = ensembler(WRITTEN)
    _, said = stacker(talk)
    first, *others = [s for s in said if isinstance(s.body, RunJob)]
    failed = JobFailed(failure=make_failure(), output=None, seconds=0.1)

    told = talk.tell(failed, loop="s00", key=first.key)
    mended = make_candidate("s00", 2)
    again = talk.tell(RepairReady(candidate=mended, diagnosis=""), loop="s00")

    assert kinds(told) == ["trial_failed", "cancel_effects"]
    assert only(told, TrialFailed).candidate.id == "s00-v1"
    assert list(only(told, CancelEffects).keys) == keys_of(others)
    assert kinds(again) == ["candidate_drafted"] + ["run_job"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        ProposeFailed(message="down"),
        Proposed(proposal=NoProposal(reason="no idea")),
        FAILED,
    ],
)
def test_without_a_stacker_the_default_takes_its_place_and_that_is_said(
    answer: Proposed | ProposeFailed,
) -> None:
    talk = ensembler(WRITTEN)
    combined(talk, pool(talk, 0))
    asked = talk.tell(CLOSED)
    assert LoopOpened in {type(s.body) for s in asked}
    (key,) = keys_of(asked)

    said = talk.tell(answer, loop="s00", key=key)

    assert only(said, StrategyDropped).strategy == "written"
    assert only(said, LoopClosed).reason
    assert only(said, Combine).stacker is None


def test_a_stacker_that_cannot_be_mended_is_given_up() -> None:
    talk = ensembler(WRITTEN)
    _, said = stacker(talk)
    first = next(s for s in said if isinstance(s.body, RunJob))
    talk.tell(FAILED, loop="s00", key=first.key)

    refused = RepairRefused(candidate="s00-v1", reason="not its own fault")
    end = talk.tell(refused, loop="s00")

    assert only(end, LoopClosed).reason == "not its own fault"
    assert only(end, StrategyDropped).reason == "not its own fault"
