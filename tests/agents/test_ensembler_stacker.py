"""The Ensembler has a stacker written, fitted and mended, or does without."""

import pytest

from agents.ensembler import Ensembler
from agents.stacker import PARTS_OF_ONE_FOLD
from bus.agent import Statement
from schemas.asks import StackerAsk
from schemas.commands import Combine, Propose, RunJob
from schemas.inputs import FitFinished, JobFailed, Proposed, ProposeFailed
from schemas.jobs import StackJob
from schemas.proposals import NoProposal
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    LoopClosed,
    LoopOpened,
    RepairReady,
    RepairRefused,
    StrategyDropped,
    TrialFailed,
)
from tests.agents.conversation import Conversation, keys_of, kinds, only
from tests.agents.ensembling import CLOSED, FAILED, combined, ensembler, pool
from tests.agents.samples import (
    make_candidate,
    make_failure,
    make_fit,
    make_proposal,
    make_ready,
    make_report,
    make_settings,
    make_task,
)

WRITTEN = make_settings(trials=30, ensemble="written")


def stacker(talk: Conversation) -> tuple[list[Statement], list[Statement]]:
    """Pool, close, and let the stacker be written: what was asked, and its jobs."""
    for number in range(3):
        combined(talk, pool(talk, number, 0.8 - number / 1000))
    asked = talk.tell(CLOSED)
    (key,) = keys_of(asked)
    said = talk.tell(Proposed(proposal=make_proposal("stacker")), loop="s00", key=key)
    return asked, said


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
