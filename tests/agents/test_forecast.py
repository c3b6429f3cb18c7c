"""Nothing is started that cannot finish."""

import pytest

from agents.director import exploration_seconds
from agents.forecast import JOB_SECONDS, Work, is_in_time
from tests.agents.samples import make_settings, make_task


@pytest.mark.parametrize(("workers", "rounds"), [(1, 4), (2, 2), (3, 2), (4, 1)])
def test_the_other_folds_must_fit_into_what_is_left(workers: int, rounds: int) -> None:
    settings = make_settings(budget_seconds=60.0).model_copy(
        update={"workers": workers, "threads": 1}
    )
    task = make_task(folds=5)
    work = [Work(task.folds - 1, 2.0)]
    end = exploration_seconds(settings, task.rows)
    needed = rounds * (2.0 + JOB_SECONDS)

    assert is_in_time(settings, task, end - needed - 0.01, work)
    assert not is_in_time(settings, task, end - needed + 0.01, work)


def test_what_is_served_before_counts_as_well() -> None:
    settings = make_settings(budget_seconds=60.0, workers=1)
    task = make_task()
    latest = exploration_seconds(settings, task.rows) - 4 * (2.0 + JOB_SECONDS)
    own, before = Work(4, 2.0), Work(1, 2.0)

    assert is_in_time(settings, task, latest - 0.01, [own])
    assert not is_in_time(settings, task, latest - 0.01, [before, own])
    assert is_in_time(settings, task, latest - 2.1, [before, own])


@pytest.mark.parametrize(("workers", "rounds"), [(1, 9), (2, 5), (3, 5), (4, 3)])
def test_what_comes_later_waits_for_all_that_is_served_before(
    workers: int, rounds: int
) -> None:
    settings = make_settings(budget_seconds=60.0, workers=workers)
    settings = settings.model_copy(update={"threads": 1})
    task = make_task()
    latest = exploration_seconds(settings, task.rows) - rounds * (2.0 + JOB_SECONDS)
    work = [Work(4, 2.0), Work(1, 2.0), Work(4, 2.0)]

    assert is_in_time(settings, task, latest - 0.01, work)
    assert not is_in_time(settings, task, latest + 0.01, work)


def test_without_a_clock_there_is_always_time() -> None:
    settings, task = make_settings(trials=9), make_task()

    assert is_in_time(settings, task, 1e9, [Work(4, 2.0)])
