"""The Feature agent accepts a column only if it beats its shuffled copies everywhere."""

import pytest

from agents.feature import Feature
from schemas.asks import FeatureAsk
from schemas.commands import Propose, RunJob
from schemas.envelope import Input
from schemas.inputs import (
    EffectFailed,
    JobFailed,
    Proposed,
    ProposeFailed,
)
from schemas.proposals import FeatureProgram, FeatureProposal, NoProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    FeatureJudged,
    ProgramFailed,
    ProgramMended,
    RepairRefused,
    ViewAccepted,
)
from schemas.task import TaskKind
from tests.agents.conversation import Conversation, keys_of, kinds, only
from tests.agents.feature_talk import (
    compare,
    fail,
    feature,
    finish,
    jobs_of,
    judged,
    pass_all,
    propose,
)
from tests.agents.samples import (
    blob,
    make_failure,
    make_ready,
    make_settings,
    make_task,
)

CLOSED = ExplorationClosed(reason="budget")


def test_programs_are_asked_for_as_soon_as_the_task_is_settled() -> None:
    talk = Conversation(Feature(make_settings(trials=9)))

    said = talk.tell(make_ready())

    assert only(said, Propose).ask == FeatureAsk(round=0)


def test_no_round_asked_for_is_no_round() -> None:
    talk = Conversation(Feature(make_settings(trials=9, feature_rounds=0)))

    assert talk.tell(make_ready()) == []


def test_every_program_is_tried_on_one_fold_first() -> None:
    jobs = jobs_of(propose(feature(), "ratios", "sums"))

    assert [(job.program, job.fold) for job in jobs] == [("ratios", 0), ("sums", 0)]
    (program,) = jobs[0].programs
    assert (program.source, program.columns) == (blob("ratios"), ())


@pytest.mark.parametrize(("folds", "others"), [(1, 0), (2, 1), (5, 2), (10, 2)])
def test_a_program_with_a_useful_column_is_tried_on_up_to_three_folds(
    folds: int, others: int
) -> None:
    talk = feature(folds)
    (first,) = propose(talk, "ratios")

    said = finish(talk, first, judged("good", 0.3), judged("bad", 0.05))

    assert [job.fold for job in jobs_of(said)] == list(range(1, 1 + others))
    assert len(set(keys_of([first, *said]))) == 1 + others


def test_a_program_of_no_use_in_the_first_fold_is_not_tried_on_others() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")

    said = finish(talk, first, judged("bad", 0.05))

    judgement = only(said, FeatureJudged)
    assert judgement.accepted == ()
    (column,) = judgement.judgements
    assert (column.fault, column.folds) == ("no better than its shuffled copies", 1)


def test_a_column_that_passes_alone_becomes_a_view() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")

    said = pass_all(talk, first, judged("good", 0.3), judged("bad", 0.05))

    assert kinds(said) == ["feature_judged", "view_accepted"]
    assert only(said, FeatureJudged).accepted == ("good",)
    view = only(said, ViewAccepted).view
    (program,) = view.programs
    assert (view.name, program.name, program.columns) == (
        "features-1",
        "ratios",
        ("good",),
    )
    assert program.source == blob("ratios")


def test_several_columns_that_pass_are_held_against_each_other() -> None:
    talk = feature()
    ratios, sums = propose(talk, "ratios", "sums")
    pass_all(talk, ratios, judged("r1", 0.3), judged("r2", 0.5))

    said = pass_all(talk, sums, judged("s1", 0.4))

    (job,) = jobs_of(said)
    assert (job.program, job.fold) == ("features-1", 0)
    assert [(p.name, p.columns) for p in job.programs] == [
        ("ratios", ("r1", "r2")),
        ("sums", ("s1",)),
    ]
    last = compare(
        talk,
        said,
        judged("r1", 0.2),
        judged("r2", 0.1),
        judged("s1", 0.3, fault="duplicate of 'r1'"),
    )
    assert kinds(last) == ["feature_judged", "view_accepted"]
    again = only(last, FeatureJudged)
    assert (again.program, again.accepted) == ("sums", ())
    assert again.judgements[0].fault == "duplicate of 'r1'"
    view = only(last, ViewAccepted).view
    assert [(p.name, p.columns) for p in view.programs] == [("ratios", ("r1", "r2"))]


def test_a_view_takes_no_more_than_the_best_columns() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")
    columns = [judged(f"r{n:02d}", 0.9 - n / 100) for n in range(14)]

    said = pass_all(talk, first, *columns)

    (job,) = jobs_of(said)
    compared = [name for program in job.programs for name in program.columns]
    assert compared == [f"r{n:02d}" for n in range(10)]
    told = [s.body for s in said if isinstance(s.body, FeatureJudged)]
    assert told[-1].accepted == tuple(compared)
    last = compare(
        talk, said, *[judged(name, 0.1 + 0.01 * n) for n, name in enumerate(compared)]
    )
    view = only(last, ViewAccepted).view
    assert [p.columns for p in view.programs] == [("r05", "r06", "r07", "r08", "r09")]
    rejected = only(last, FeatureJudged)
    assert rejected.accepted == view.programs[0].columns
    assert {j.fault for j in rejected.judgements if j.name in compared[:5]} == {
        "of less use than the columns of the view"
    }


def test_what_a_column_tells_by_itself_counts_as_well() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")
    columns = [
        judged(f"r{n}", 0.9 - n / 100).model_copy(
            update={"statistic": 9.0 if n == 5 else float(n == 0)}
        )
        for n in range(6)
    ]
    said = pass_all(talk, first, *columns)

    last = compare(talk, said, *columns)

    # The last by importance is the first by itself.
    (program,) = only(last, ViewAccepted).view.programs
    assert program.columns == ("r0", "r1", "r2", "r3", "r5")


@pytest.mark.parametrize(
    "answer",
    [
        JobFailed(failure=make_failure(), output=None, seconds=0.1),
        EffectFailed(exception="OSError", message="disk"),
    ],
)
def test_columns_that_cannot_be_compared_are_taken_for_what_they_were(
    answer: Input,
) -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")
    said = pass_all(talk, first, *[judged(f"r{n}", 0.9 - n / 10) for n in range(7)])
    (job,) = [s for s in said if isinstance(s.body, RunJob)]

    last = talk.tell(answer, loop=job.loop, key=job.key)

    (program,) = only(last, ViewAccepted).view.programs
    assert program.columns == ("r0", "r1", "r2", "r3", "r4")


def test_there_is_no_view_without_a_column_that_passes() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")

    assert kinds(pass_all(talk, first, judged("bad", 0.05))) == ["feature_judged"]


def test_a_program_that_fails_goes_to_the_critic_with_its_other_jobs_taken_back() -> (
    None
):
    talk = feature()
    (first,) = propose(talk, "ratios")
    second, third = finish(talk, first, judged("good", 0.3))

    said = fail(talk, second)

    assert kinds(said) == ["program_failed", "cancel_effects"]
    failed = only(said, ProgramFailed)
    assert (failed.program.name, failed.failure) == ("ratios", make_failure())
    assert only(said, CancelEffects).keys == (third.key,)
    assert finish(talk, third, judged("good", 0.9)) == []


def test_a_mended_program_begins_again() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")
    fail(talk, first)
    mended = FeatureProgram(name="ratios", source=blob("mended"), idea="ratios")

    said = talk.tell(ProgramMended(program=mended, diagnosis="NaN"), loop="f00")

    (again,) = jobs_of(said)
    assert (again.fold, again.programs[0].source) == (0, blob("mended"))
    assert keys_of(said) != keys_of([first])
    view = only(pass_all(talk, said[0], judged("good", 0.3)), ViewAccepted).view
    assert view.programs[0].source == blob("mended")


def test_a_program_that_is_given_up_ends_with_the_reason() -> None:
    talk = feature()
    first, second = propose(talk, "ratios", "sums")
    pass_all(talk, second, judged("good", 0.3))
    fail(talk, first)

    said = talk.tell(RepairRefused(candidate="ratios", reason="no idea"), loop="f00")

    assert kinds(said) == ["feature_judged", "view_accepted"]
    assert only(said, FeatureJudged) == FeatureJudged(
        program="ratios",
        accepted=(),
        judgements=(),
        failure=make_failure(),
        reason="no idea",
        seconds=0.1,
    )


def test_our_own_failure_is_said_to_be_ours() -> None:
    talk = feature(folds=1)
    (job,) = propose(talk, "ratios")
    failed = EffectFailed(exception="OSError", message="no space left")

    said = talk.tell(failed, loop=job.loop, key=job.key)

    failure = only(said, ProgramFailed).failure
    assert (failure.kind, failure.message) == ("internal", "no space left")


def test_programs_of_the_same_name_are_told_apart() -> None:
    jobs = jobs_of(propose(feature(), "ratios", "ratios"))

    assert [job.program for job in jobs] == ["ratios", "ratios-1"]


def test_a_further_round_builds_on_the_view_of_the_last() -> None:
    talk = feature(rounds=2)
    (first,) = propose(talk, "ratios")

    said = pass_all(talk, first, judged("good", 0.3))

    view = only(said, ViewAccepted).view
    assert only(said, Propose).ask == FeatureAsk(round=1, view=view)
    (second,) = propose(talk, "products-2")
    compared = pass_all(talk, second, judged("better", 0.6))
    last = compare(talk, compared, judged("better", 0.5), judged("good", 0.2))
    wider = only(last, ViewAccepted).view
    assert wider.name == "features-2"
    assert [(p.name, p.columns) for p in wider.programs] == [
        ("products-2", ("better",)),
        ("ratios", ("good",)),
    ]
    assert kinds(last) == ["view_accepted"]


def test_a_round_that_brings_nothing_new_makes_no_view() -> None:
    talk = feature(rounds=3)
    (first,) = propose(talk, "ratios")
    pass_all(talk, first, judged("good", 0.3))
    (second,) = propose(talk, "products-2")

    said = pass_all(talk, second, judged("bad", 0.05))

    assert kinds(said) == ["feature_judged", "propose"]


def test_no_further_round_follows_when_the_proposer_has_no_more() -> None:
    talk = feature(rounds=3)

    assert propose(talk) == []


def test_clustering_columns_are_told_that_they_show_no_groups() -> None:
    talk = Conversation(Feature(make_settings(trials=9)))
    talk.tell(make_ready(make_task(kind=TaskKind.CLUSTERING, folds=1)))
    (first,) = propose(talk, "ratios")

    said = finish(talk, first, judged("bad", 0.05))

    fault = only(said, FeatureJudged).judgements[0].fault
    assert fault == "no clearer groups than by chance or in the table's own columns"


@pytest.mark.parametrize(
    "answer",
    [
        Proposed(proposal=NoProposal(reason="no idea")),
        Proposed(proposal=FeatureProposal(programs=())),
        ProposeFailed(message="down"),
        EffectFailed(exception="OSError", message="disk"),
    ],
)
def test_without_programs_there_is_nothing_to_do(answer: Input) -> None:
    assert feature().tell(answer) == []
