"""Against the clock the best first fold goes first, and what would be late gives way."""

from agents.director import exploration_seconds
from agents.forecast import JOB_SECONDS
from agents.racing import LEADERS_PRIORITY, TOO_LATE
from bus.agent import Statement
from schemas.commands import RunJob
from schemas.inputs import Tick
from schemas.sayings import CancelEffects, LoopClosed
from tests.agents.conversation import keys_of, only
from tests.agents.desk import Desk, jobs_in
from tests.agents.samples import USAGE, make_settings, make_task

FOLDS = 5
TRIAL_SECONDS = (FOLDS - 1) * (USAGE.cpu_seconds + JOB_SECONDS)
"""What the other folds of a candidate take one worker."""


def hurried(trials_left: float) -> Desk:
    """A Modeler with one pooled candidate and time for so many more."""
    settings = make_settings(budget_seconds=60.0, workers=1)
    settings = settings.model_copy(update={"threads": 1})
    task = make_task(folds=FOLDS)
    work = Desk(settings, task)
    work.climb(work.propose("pooled", "c00"), 0.8)
    closing = exploration_seconds(settings, task.rows)
    work.talk.tell(Tick(elapsed_seconds=closing - trials_left * TRIAL_SECONDS))
    return work


def screened(work: Desk, loop: str, score: float) -> list[Statement]:
    """Let a draft come back from its first fold."""
    return work.judge(work.finish(work.propose(loop, loop), score))


def priorities(said: list[Statement]) -> set[int]:
    return {s.body.priority for s in jobs_in(said) if isinstance(s.body, RunJob)}


def test_the_best_first_fold_so_far_is_served_first() -> None:
    work = hurried(trials_left=9)

    behind = screened(work, "c01", 0.7)
    leading = screened(work, "c02", 0.9)

    assert priorities(behind) == {2}
    assert priorities(leading) == {LEADERS_PRIORITY}


def test_who_is_behind_one_that_is_on_its_way_does_not_lead() -> None:
    work = hurried(trials_left=9)
    screened(work, "c01", 0.95)

    assert priorities(screened(work, "c02", 0.9)) == {3}


def test_without_a_clock_all_are_served_as_they_came() -> None:
    work = Desk(make_settings(trials=60))

    assert priorities(screened(work, "c01", 0.9)) == {1}


def test_what_is_served_before_leaves_no_time() -> None:
    work = hurried(trials_left=1.5)
    assert jobs_in(screened(work, "c01", 0.7))

    said = screened(work, "c02", 0.75)

    assert only(said, LoopClosed).reason == TOO_LATE


def test_a_leader_need_not_wait_for_others_but_those_that_are_late_then_give_way() -> (
    None
):
    work = hurried(trials_left=2.1)
    first = jobs_in(screened(work, "c01", 0.7))
    second = jobs_in(screened(work, "c02", 0.75))

    said = screened(work, "c03", 0.9)

    assert priorities(said) == {LEADERS_PRIORITY}
    assert [(s.loop, s.body) for s in said if isinstance(s.body, LoopClosed)] == [
        ("c02", LoopClosed(reason=TOO_LATE))
    ]
    assert list(only(said, CancelEffects).keys) == keys_of(second)
    assert keys_of(first)[0] not in only(said, CancelEffects).keys


def test_a_loop_whose_folds_are_nearly_all_in_stays() -> None:
    work = hurried(trials_left=1.3)
    (last, *others) = jobs_in(screened(work, "c01", 0.7))
    work.finish(others, 0.7)

    said = screened(work, "c02", 0.9)

    assert priorities(said) == {LEADERS_PRIORITY}
    assert [s for s in said if isinstance(s.body, LoopClosed)] == []
    assert work.finish([last], 0.7)
