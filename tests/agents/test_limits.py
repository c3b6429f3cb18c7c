"""How much one job may use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.limits import (
    FEWEST_SCREEN_SECONDS,
    FEWEST_SECONDS,
    SCREEN_PATIENCE,
    SMOKE_SECONDS,
    job_limits,
    screen_limits,
)
from schemas.jobs import Rung
from tests.agents.samples import make_settings, make_task


@given(
    budget=st.floats(5.0, 10_000.0),
    elapsed=st.floats(0.0, 20_000.0),
    rung=st.sampled_from(Rung),
)
def test_under_a_clock_no_job_outlives_the_budget(
    budget: float, elapsed: float, rung: Rung
) -> None:
    limits = job_limits(make_settings(budget_seconds=budget), elapsed, rung)

    assert limits.wall_seconds <= max(FEWEST_SECONDS, budget - elapsed)
    assert limits.wall_seconds >= FEWEST_SECONDS
    assert limits.cpu_seconds >= limits.wall_seconds
    assert rung is not Rung.SMOKE or limits.wall_seconds <= SMOKE_SECONDS


@pytest.mark.parametrize("rung", Rung)
def test_in_a_reproducible_run_only_processor_time_counts(rung: Rung) -> None:
    settings = make_settings(trials=9)

    early, late = (job_limits(settings, elapsed, rung) for elapsed in (0.0, 900.0))

    assert early == late
    assert early.cpu_seconds < early.wall_seconds / 10


def test_memory_and_threads_are_what_the_user_allowed() -> None:
    settings = make_settings(budget_seconds=60).model_copy(
        update={"memory_bytes": 123, "threads": 3}
    )

    limits = job_limits(settings, 0.0, Rung.FULL)

    assert (limits.memory_bytes, limits.threads) == (123, 3)
    assert limits.cpu_seconds == 6 * limits.wall_seconds


@pytest.mark.parametrize("elapsed", [10.0, 30.0, 50.0, 56.0, 70.0])
def test_a_first_fold_takes_no_longer_than_leaves_time_for_the_others(
    elapsed: float,
) -> None:
    settings = make_settings(budget_seconds=60, workers=1)

    limits = screen_limits(settings, make_task(folds=5), elapsed)

    left = max(0.0, 60 - elapsed)
    longest = max(FEWEST_SCREEN_SECONDS, SCREEN_PATIENCE * left / 5)
    assert FEWEST_SCREEN_SECONDS <= limits.wall_seconds <= longest


def test_more_workers_leave_more_time_for_a_first_fold() -> None:
    one, four = (
        screen_limits(make_settings(budget_seconds=60, workers=n), make_task(), 20.0)
        for n in (1, 4)
    )

    assert one.wall_seconds < four.wall_seconds


def test_a_first_fold_of_a_reproducible_run_has_the_limits_of_any_job() -> None:
    settings = make_settings(trials=9)

    assert screen_limits(settings, make_task(), 5.0) == job_limits(
        settings, 5.0, Rung.SCREEN
    )
