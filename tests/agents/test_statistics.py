"""Mean and spread over folds."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.statistics import summarise_folds

SCORES = st.floats(-1e6, 1e6).map(lambda score: round(score, 6))


@given(scores=st.lists(SCORES, min_size=2, max_size=10))
def test_mean_and_standard_error_are_the_usual_ones(scores: list[float]) -> None:
    summary = summarise_folds(scores)

    spread = statistics.stdev(scores) / math.sqrt(len(scores))
    assert summary.mean == pytest.approx(statistics.fmean(scores), abs=1e-9)
    assert summary.standard_error == pytest.approx(spread, rel=1e-9, abs=1e-9)


@given(scores=st.lists(SCORES, min_size=1, max_size=10), data=st.data())
def test_the_order_of_folds_makes_no_difference(
    scores: list[float], data: st.DataObject
) -> None:
    assert summarise_folds(data.draw(st.permutations(scores))) == summarise_folds(
        scores
    )


@given(score=SCORES, count=st.integers(1, 10))
def test_equal_folds_have_no_spread(score: float, count: int) -> None:
    summary = summarise_folds([score] * count)

    assert summary.mean == pytest.approx(score, rel=1e-14)
    assert summary.standard_error <= 1e-14 * abs(score)


def test_a_single_fold_is_its_own_mean() -> None:
    assert summarise_folds([0.7]) == (0.7, 0.0)


@given(
    scores=st.lists(
        st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20
    )
)
def test_no_score_is_so_large_that_the_run_ends(scores: list[float]) -> None:
    summary = summarise_folds(scores)

    tolerance = 1e-9 * max(abs(score) for score in scores) + 1e-300
    assert min(scores) - tolerance <= summary.mean <= max(scores) + tolerance
    assert not summary.standard_error < 0.0
