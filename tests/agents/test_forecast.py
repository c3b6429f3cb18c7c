"""Nothing is started that cannot finish."""

import pytest

from agents.director import exploration_seconds
from agents.forecast import JOB_SECONDS, is_ablation_in_time, is_in_time
from schemas.jobs import Rung
from tests.agents.samples import make_candidate, make_scored, make_settings, make_task


@pytest.mark.parametrize(("workers", "rounds"), [(1, 4), (2, 2), (3, 2), (4, 1)])
def test_the_other_folds_must_fit_into_what_is_left(workers: int, rounds: int) -> None:
    settings = make_settings(budget_seconds=60.0).model_copy(
        update={"workers": workers, "threads": 1}
    )
    task = make_task(folds=5)
    screened = make_scored(make_candidate("c00"), Rung.SCREEN, [0.8])
    screened = screened.model_copy(update={"seconds": 2.0})
    end = exploration_seconds(settings, task.rows)
    needed = rounds * (2.0 + JOB_SECONDS)

    assert is_in_time(settings, task, end - needed - 0.01, screened)
    assert not is_in_time(settings, task, end - needed + 0.01, screened)


@pytest.mark.parametrize(("workers", "rounds"), [(1, 9), (2, 5), (3, 5), (4, 3)])
def test_an_ablation_leaves_time_for_all_folds_of_what_is_refined(
    workers: int, rounds: int
) -> None:
    settings = make_settings(budget_seconds=60.0).model_copy(
        update={"workers": workers, "threads": 1}
    )
    task = make_task(folds=5)
    latest = exploration_seconds(settings, task.rows) - rounds * (2.0 + JOB_SECONDS)

    assert is_ablation_in_time(settings, task, latest - 0.01, 2.0, 4)
    assert not is_ablation_in_time(settings, task, latest + 0.01, 2.0, 4)


def test_without_a_clock_there_is_always_time() -> None:
    settings, task = make_settings(trials=9), make_task()
    screened = make_scored(make_candidate("c00"), Rung.SCREEN, [0.8])

    assert is_in_time(settings, task, 1e9, screened)
