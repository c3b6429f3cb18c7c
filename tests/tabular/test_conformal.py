"""Intervals and sets hold the truth as often as asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.conformal import (
    conformal_band,
    conformal_quantile,
    conformal_sets,
    conformal_threshold,
)

TRIES = 200


@pytest.mark.parametrize("level", [0.8, 0.9])
@pytest.mark.parametrize("rows", [60, 1000])
def test_intervals_hold_the_truth_as_often_as_asked(level: float, rows: int) -> None:
    random = np.random.default_rng(0)
    held = []
    for _ in range(TRIES):
        values = random.uniform(0, 4, rows + 200)
        truth = values + (0.2 + values) * random.normal(size=len(values))
        band = conformal_band(truth[:rows], values[:rows], level)
        lower, upper = band.intervals(values[rows:]).T
        held.append(((truth[rows:] >= lower) & (truth[rows:] <= upper)).mean())

    assert level - 0.01 < np.mean(held) < level + 0.03


def test_intervals_are_wider_where_errors_are_larger() -> None:
    random = np.random.default_rng(1)
    values = random.uniform(0, 10, 2000)
    truth = values + values * random.normal(size=2000)

    bounds = conformal_band(truth, values, 0.9).intervals(np.array([0.5, 9.5]))

    widths = bounds[:, 1] - bounds[:, 0]
    assert widths[1] > 3 * widths[0]


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_sets_hold_the_true_class_as_often_as_asked(level: float) -> None:
    random = np.random.default_rng(2)
    held, sizes = [], []
    for _ in range(TRIES):
        odds = np.exp(2 * random.normal(size=(600, 4)))
        shares = odds / odds.sum(axis=1, keepdims=True)
        truth = (shares.cumsum(axis=1) < random.random((600, 1))).sum(axis=1)
        said = shares**0.5 / (shares**0.5).sum(axis=1, keepdims=True)
        threshold = conformal_threshold(truth[:300], said[:300], level)
        members = conformal_sets(said[300:], threshold)
        held.append(members[np.arange(300), truth[300:]].mean())
        sizes.append(members.sum(axis=1).min())

    assert level - 0.01 < np.mean(held) < level + 0.04
    assert min(sizes) >= 1


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50),
    st.floats(0.01, 0.99),
)
def test_a_quantile_is_one_of_the_scores_and_high_enough(
    scores: list[float], share: float
) -> None:
    found = conformal_quantile(np.array(scores), share)

    assert found in scores
    enough = np.mean(np.array(scores) <= found)
    assert enough >= min(share, 1 - 1e-9) or found == max(scores)
