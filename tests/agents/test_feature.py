"""The Feature agent accepts a column only if it beats its shuffled copies everywhere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.feature import Feature, merge_judgements
from bus.agent import Statement
from schemas.asks import FeatureAsk
from schemas.commands import Propose, RunJob
from schemas.envelope import Input
from schemas.inputs import (
    EffectFailed,
    FeatureFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    Tick,
)
from schemas.jobs import ColumnJudgement, FeatureJob, FeatureReport
from schemas.proposals import FeatureProgram, FeatureProposal, NoProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    FeatureJudged,
    ViewAccepted,
)
from schemas.task import TaskKind
from tests.agents.conftest import (
    USAGE,
    Conversation,
    blob,
    keys_of,
    kinds,
    make_failure,
    make_ready,
    make_settings,
    make_task,
    only,
)

CLOSED = ExplorationClosed(reason="budget")


def feature(folds: int = 5) -> Conversation:
    talk = Conversation(Feature(make_settings(budget_seconds=60.0)))
    talk.tell(make_ready(make_task(folds=folds)))
    return talk


def propose(talk: Conversation, *names: str) -> list[Statement]:
    programs = tuple(
        FeatureProgram(name=name, source=blob(name), idea=name) for name in names
    )
    return talk.tell(Proposed(proposal=FeatureProposal(programs=programs)))


def judged(
    name: str, importance: float, shadow: float = 0.1, fault: str | None = None
) -> ColumnJudgement:
    return ColumnJudgement(
        name=name,
        importance=importance,
        shadow_importance=shadow,
        statistic=1.0,
        fault=fault,
    )


def report(*judgements: ColumnJudgement) -> FeatureReport:
    return FeatureReport(judgements=judgements, usage=USAGE)


def finish(
    talk: Conversation, job: Statement, *judgements: ColumnJudgement
) -> list[Statement]:
    body = FeatureFinished(report=report(*judgements))
    return talk.tell(body, loop=job.loop, key=job.key)


def fail(talk: Conversation, job: Statement) -> list[Statement]:
    body = JobFailed(failure=make_failure(), output=None, seconds=0.1)
    return talk.tell(body, loop=job.loop, key=job.key)


def test_programs_are_asked_for_as_soon_as_the_task_is_settled() -> None:
    talk = Conversation(Feature(make_settings(trials=9)))

    said = talk.tell(make_ready())

    assert only(said, Propose).ask == FeatureAsk(round=0)


def test_clustering_has_no_target_that_features_could_help_with() -> None:
    talk = Conversation(Feature(make_settings(trials=9)))

    assert talk.tell(make_ready(make_task(kind=TaskKind.CLUSTERING, folds=1))) == []


@pytest.mark.parametrize(("folds", "judged_folds"), [(1, 1), (2, 2), (5, 3), (10, 3)])
def test_every_program_is_tried_on_up_to_three_folds(
    folds: int, judged_folds: int
) -> None:
    jobs = propose(feature(folds), "ratios", "sums")

    found = [job.body.job for job in jobs if isinstance(job.body, RunJob)]
    assert [
        (job.program, job.fold) for job in found if isinstance(job, FeatureJob)
    ] == [(name, fold) for name in ("ratios", "sums") for fold in range(judged_folds)]
    assert len(set(keys_of(jobs))) == 2 * judged_folds


def test_under_a_clock_jobs_get_what_is_left() -> None:
    talk = feature()
    talk.tell(Tick(elapsed_seconds=35.0))

    (job, *_) = propose(talk, "ratios")

    assert isinstance(job.body, RunJob)
    assert job.body.job.limits.wall_seconds == 25.0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=3))
def test_a_column_passes_only_if_it_beats_its_shuffled_copies_in_every_fold(
    numbers: list[tuple[float, float]],
) -> None:
    (merged,) = merge_judgements(
        [report(judged("a", importance, shadow)) for importance, shadow in numbers]
    )

    has_passed = all(importance > shadow for importance, shadow in numbers)
    assert (merged.fault is None) == has_passed
    importances = [importance for importance, _ in numbers]
    assert merged.importance == pytest.approx(sum(importances) / len(numbers))


@pytest.mark.parametrize(
    ("folds", "fault"),
    [
        ([judged("a", 0.5), judged("a", 0.5, fault="constant")], "constant"),
        ([judged("a", 0.5), judged("b", 0.5)], "not in every fold"),
        ([judged("a", 0.5), judged("a", 0.1)], "no better than its shuffled copies"),
        (
            [judged("a", 0.5), judged("a", math.nan)],
            "no better than its shuffled copies",
        ),
    ],
)
def test_one_fold_is_enough_to_fail(folds: list[ColumnJudgement], fault: str) -> None:
    (merged,) = merge_judgements([report(column) for column in folds])

    assert (merged.name, merged.fault) == ("a", fault)


def test_columns_that_pass_become_a_view() -> None:
    talk = feature()
    jobs = propose(talk, "ratios")
    for job in jobs[:-1]:
        assert finish(talk, job, judged("good", 0.3), judged("bad", 0.05)) == []

    said = finish(talk, jobs[-1], judged("good", 0.3), judged("bad", 0.05))

    assert kinds(said) == ["feature_judged", "view_accepted"]
    assert only(said, FeatureJudged).accepted == ("good",)
    (program,) = only(said, ViewAccepted).view.programs
    assert (program.name, program.columns) == ("ratios", ("good",))
    assert program.source == blob("ratios")


def test_there_is_no_view_without_a_column_that_passes() -> None:
    talk = feature()
    jobs = propose(talk, "ratios")
    said: list[Statement] = []
    for job in jobs:
        said = finish(talk, job, judged("bad", 0.05))

    assert kinds(said) == ["feature_judged"]


def test_the_view_waits_for_every_program_and_takes_the_best_columns() -> None:
    talk = feature()
    jobs = propose(talk, "ratios", "sums", "broken")
    first = [judged(f"r{n}", 0.9 - n / 10) for n in range(4)]
    second = [judged(f"s{n}", 0.85 - n / 10) for n in range(4)]
    early = [kinds(finish(talk, job, *first)) for job in jobs[:3]]
    middle = [kinds(finish(talk, job, *second)) for job in jobs[3:6]]
    late = fail(talk, jobs[6])

    assert early == middle == [[], [], ["feature_judged"]]
    assert kinds(late) == ["feature_judged", "cancel_effects", "view_accepted"]
    view = only(late, ViewAccepted).view
    assert {program.name: program.columns for program in view.programs} == {
        "ratios": ("r0", "r1", "r2"),
        "sums": ("s0", "s1"),
    }


def test_a_program_that_fails_once_is_not_tried_any_further() -> None:
    talk = feature()
    first, *others = propose(talk, "ratios")

    said = fail(talk, first)

    assert kinds(said) == ["feature_judged", "cancel_effects"]
    assert only(said, FeatureJudged) == FeatureJudged(
        program="ratios", accepted=(), judgements=(), failure=make_failure()
    )
    assert set(only(said, CancelEffects).keys) == set(keys_of(others))
    assert finish(talk, others[0], judged("good", 0.9)) == []


def test_our_own_failure_is_said_to_be_ours() -> None:
    talk = feature(folds=1)
    (job,) = propose(talk, "ratios")
    failed = EffectFailed(exception="OSError", message="no space left")

    said = talk.tell(failed, loop=job.loop, key=job.key)

    failure = only(said, FeatureJudged).failure
    assert failure is not None
    assert (failure.kind, failure.message) == ("internal", "no space left")


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


def test_at_the_end_the_ask_that_is_out_is_taken_back() -> None:
    talk = Conversation(Feature(make_settings(trials=9)))
    asked = talk.tell(make_ready())

    said = talk.tell(CLOSED)

    assert list(only(said, CancelEffects).keys) == keys_of(asked)
    assert talk.tell(CLOSED) == []


def test_at_the_end_jobs_that_are_out_are_taken_back_and_not_heard_any_more() -> None:
    talk = feature()
    jobs = propose(talk, "ratios", "sums")
    finish(talk, jobs[0], judged("good", 0.9))

    said = talk.tell(CLOSED)

    assert list(only(said, CancelEffects).keys) == sorted(keys_of(jobs[1:]))
    assert finish(talk, jobs[1], judged("good", 0.9)) == []
