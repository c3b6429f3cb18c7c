"""What the numbers of a trial say against it."""

import math

import pytest

from agents.verdicts import (
    Standing,
    is_too_good,
    standing_of,
    why_degenerate,
    why_duplicate,
    why_overfit,
)
from schemas.inputs import Examined
from schemas.jobs import Rung
from schemas.sayings import TrialScored
from tests.agents.samples import make_candidate, make_ready, make_scored, make_task

ACCURACY = Standing(baseline=0.6, sign=1.0)
ERROR = Standing(baseline=10.0, sign=-1.0)


def scored(
    score: float, train: float | None = None, rung: Rung = Rung.FULL, distinct: int = 99
) -> TrialScored:
    made = make_scored(make_candidate(), rung, [score], distinct)
    return made.model_copy(update={"train_score": train})


def test_the_direction_of_the_metric_decides_what_is_perfect() -> None:
    upward = standing_of(make_ready())
    downward = standing_of(make_ready(make_task(greater_is_better=False)))

    assert (upward.perfection, upward.progress(0.75)) == (1.0, 0.5)
    assert (downward.perfection, downward.progress(0.125)) == (0.0, 0.75)
    assert math.isnan(Standing(1.0, 1.0).progress(0.5))


@pytest.mark.parametrize("rung", Rung)
def test_one_prediction_for_all_rows_is_degenerate_but_not_after_few_rows(
    rung: Rung,
) -> None:
    assert (why_degenerate(scored(0.8, rung=rung, distinct=1)) is None) == (
        rung is Rung.SMOKE
    )
    assert why_degenerate(scored(0.8, rung=rung, distinct=2)) is None


@pytest.mark.parametrize(
    ("score", "train", "standing", "is_overfit"),
    [
        (0.6, 0.99, ACCURACY, True),
        (0.5, 0.99, ACCURACY, True),
        (0.61, 1.0, ACCURACY, False),
        (0.5, 0.7, ACCURACY, False),
        (0.5, None, ACCURACY, False),
        (11.0, 1.0, ERROR, True),
        (9.0, 0.0, ERROR, False),
        (math.nan, 1.0, ACCURACY, False),
        (0.5, math.nan, ACCURACY, False),
    ],
)
def test_to_know_by_heart_and_nothing_else_is_overfit(
    score: float, train: float | None, standing: Standing, is_overfit: bool
) -> None:
    reason = why_overfit(scored(score, train), standing)

    assert (reason is not None) == is_overfit


def test_overfit_is_said_of_whole_trials_only() -> None:
    assert why_overfit(scored(0.5, 1.0, Rung.SCREEN), ACCURACY) is None


@pytest.mark.parametrize(
    ("likeness", "score", "is_duplicate"),
    [
        (0.999, 0.8, True),
        (0.999, 0.8009, True),
        (0.999, 0.8011, False),
        (0.995, 0.8, False),
        (math.nan, 0.8, False),
    ],
)
def test_a_twin_that_is_no_better_is_a_duplicate(
    likeness: float, score: float, is_duplicate: bool
) -> None:
    examined = Examined(twin="c07-v1", likeness=likeness, leak=None)

    reason = why_duplicate(scored(score), examined, 0.8, ACCURACY)

    assert (reason is not None) == is_duplicate


@pytest.mark.parametrize(
    ("score", "standing", "is_odd"),
    [
        (0.999, ACCURACY, True),
        (0.99, ACCURACY, False),
        (0.05, ERROR, True),
        (0.5, ERROR, False),
        (math.nan, ACCURACY, False),
    ],
)
def test_a_nearly_perfect_score_is_too_good(
    score: float, standing: Standing, is_odd: bool
) -> None:
    assert is_too_good(scored(score), standing) == is_odd
