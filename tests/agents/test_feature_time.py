"""The Feature agent keeps to its share of the time, and stops when a run ends."""

import pytest

from agents.feature import (
    OUT_OF_TIME,
    PRIORITY_AFTER_FIRST_CANDIDATES,
    PRIORITY_AFTER_FIRST_FAMILIES,
    TIME_SHARE,
    Feature,
)
from agents.limits import SCREEN_SHARE
from schemas.commands import RunJob
from schemas.envelope import Message
from schemas.inputs import (
    Tick,
)
from schemas.proposals import FeatureProgram
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    FeatureJudged,
    ProgramMended,
    RepairRefused,
    ViewAccepted,
)
from tests.agents.conversation import Conversation, keys_of, kinds, only
from tests.agents.feature_talk import (
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
    make_ready,
    make_settings,
)

CLOSED = ExplorationClosed(reason="budget")


def test_under_a_clock_jobs_get_a_share_of_what_is_left() -> None:
    talk = feature()
    talk.tell(Tick(elapsed_seconds=35.0))

    (job, *_) = propose(talk, "ratios")

    assert isinstance(job.body, RunJob)
    assert job.body.job.limits.wall_seconds == SCREEN_SHARE * 25.0


@pytest.mark.parametrize(
    ("budget", "proposer", "priority"),
    [
        (60.0, "expert", PRIORITY_AFTER_FIRST_FAMILIES),
        (60.0, "llm", PRIORITY_AFTER_FIRST_CANDIDATES),
        (None, "expert", PRIORITY_AFTER_FIRST_CANDIDATES),
    ],
)
def test_against_the_clock_programs_of_the_expert_wait_for_the_first_families(
    budget: float | None, proposer: str, priority: int
) -> None:
    trials = None if budget else 9
    settings = make_settings(budget_seconds=budget, trials=trials, proposer=proposer)
    talk = Conversation(Feature(settings))
    talk.tell(make_ready())

    job = only(propose(talk, "ratios"), RunJob)

    assert job.priority == priority


def test_at_the_end_the_ask_that_is_out_is_taken_back() -> None:
    talk = Conversation(Feature(make_settings(trials=9)))
    asked = talk.tell(make_ready())

    said = talk.tell(CLOSED)

    assert list(only(said, CancelEffects).keys) == keys_of(asked)
    assert talk.tell(CLOSED) == []


def test_at_the_end_jobs_that_are_out_are_taken_back_and_not_heard_any_more() -> None:
    talk = feature()
    jobs = propose(talk, "ratios", "sums")

    said = talk.tell(CLOSED)

    assert list(only(said, CancelEffects).keys) == sorted(keys_of(jobs))
    assert finish(talk, jobs[1], judged("good", 0.9)) == []


def test_at_the_end_a_comparison_that_is_out_is_taken_back() -> None:
    talk = feature()
    (first,) = propose(talk, "ratios")
    said = pass_all(talk, first, judged("a", 0.3), judged("b", 0.3))
    (job,) = [s for s in said if isinstance(s.body, RunJob)]

    assert only(talk.tell(CLOSED), CancelEffects).keys == (job.key,)
    assert finish(talk, job, judged("a", 0.3), judged("b", 0.3)) == []


def spend(talk: Conversation, share: float) -> float:
    """Seconds that are such a share of what features may take."""
    settings = make_settings(budget_seconds=60.0)
    return share * TIME_SHARE * 60.0 * settings.workers


def test_no_further_round_follows_when_the_time_is_used_up() -> None:
    talk = feature(folds=1, rounds=2)
    (first,) = propose(talk, "ratios")

    said = finish(talk, first, judged("a", 0.3), seconds=spend(talk, 1.1))

    assert kinds(said) == ["feature_judged", "view_accepted"]


def test_features_keep_to_their_share_of_the_budget() -> None:
    talk = feature()
    ratios, sums, dates = propose(talk, "ratios", "sums", "dates")
    assert jobs_of(finish(talk, ratios, judged("a", 0.3), seconds=spend(talk, 0.9)))

    said = finish(talk, sums, judged("b", 0.3), seconds=spend(talk, 0.2))

    assert jobs_of(said) == []
    assert dates.key in only(said, CancelEffects).keys
    reasons = {s.loop: s.body.reason for s in said if isinstance(s.body, FeatureJudged)}
    assert reasons == dict.fromkeys(("f00", "f01", "f02"), OUT_OF_TIME)
    assert finish(talk, dates, judged("c", 0.9)) == []


def test_jobs_that_fail_count_as_well() -> None:
    talk = feature()
    ratios, sums = propose(talk, "ratios", "sums")

    said = fail(talk, ratios, seconds=spend(talk, 1.1))

    assert sums.key in only(said, CancelEffects).keys
    judged_programs = [s.body for s in said if isinstance(s.body, FeatureJudged)]
    assert [judged.reason for judged in judged_programs] == [OUT_OF_TIME, OUT_OF_TIME]
    assert judged_programs[0].seconds == spend(talk, 1.1)


@pytest.mark.parametrize("has_failed", [False, True])
def test_what_a_comparison_takes_counts_as_well(has_failed: bool) -> None:
    talk = feature(folds=1, rounds=2)
    (first,) = propose(talk, "ratios")
    columns = [judged("a", 0.3), judged("b", 0.4)]
    (job,) = [
        said for said in finish(talk, first, *columns) if isinstance(said.body, RunJob)
    ]
    if has_failed:
        fail(talk, job, seconds=spend(talk, 0.9))
    else:
        finish(talk, job, *columns, seconds=spend(talk, 0.9))
    sums, dates = propose(talk, "sums", "dates")

    said = finish(talk, sums, judged("c", 0.3), seconds=spend(talk, 0.2))

    assert dates.key in only(said, CancelEffects).keys


@pytest.mark.parametrize(
    "late",
    [
        RepairRefused(candidate="ratios", reason="no idea"),
        ProgramMended(
            program=FeatureProgram(name="ratios", source=blob("mended"), idea="ratios"),
            diagnosis="NaN",
        ),
    ],
)
def test_a_repair_that_comes_after_the_time_is_used_up_changes_nothing(
    late: Message,
) -> None:
    talk = feature(folds=1)
    ratios, sums = propose(talk, "ratios", "sums")
    fail(talk, ratios)
    said = finish(
        talk, sums, judged("a", 0.3), judged("b", 0.4), seconds=spend(talk, 1.1)
    )
    assert only(said, RunJob)

    assert talk.tell(late, loop="f00") == []


def test_what_is_judged_when_the_time_is_used_up_becomes_a_view() -> None:
    talk = feature(folds=1)
    ratios, sums = propose(talk, "ratios", "sums")
    finish(talk, ratios, judged("a", 0.3), seconds=spend(talk, 0.9))

    said = finish(talk, sums, judged("b", 0.0), seconds=spend(talk, 0.2))

    assert [p.name for p in only(said, ViewAccepted).view.programs] == ["ratios"]
