"""Curves, bins and counts agree with what they are said to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tabular.diagnostics import (
    CURVE_POINTS,
    SCATTERED_ROWS,
    SHOWN_CLASSES,
    confusion,
    precision_recall_line,
    reliability,
    residuals,
    roc_line,
)

RANDOM = np.random.default_rng(3)
TRUTH = RANDOM.integers(0, 2, 5_000)
PROBABILITY = np.clip(0.3 * TRUTH + 0.7 * RANDOM.random(5_000), 0, 1)


def test_the_area_under_the_thinned_curve_is_the_auc() -> None:
    line = roc_line(TRUTH, PROBABILITY)

    assert line is not None
    assert len(line.x) <= CURVE_POINTS
    area = np.trapezoid(line.y, line.x)
    assert area == pytest.approx(roc_auc_score(TRUTH, PROBABILITY), abs=0.002)


@pytest.mark.parametrize("truth", [np.zeros(5, np.int64), np.ones(5, np.int64)])
def test_rows_of_one_class_have_no_roc_curve(truth: np.ndarray) -> None:
    assert roc_line(truth, np.linspace(0, 1, 5)) is None


def test_without_a_positive_row_there_is_no_precision_recall_curve() -> None:
    assert precision_recall_line(np.zeros(5, np.int64), np.linspace(0, 1, 5)) is None


def test_recall_ascends() -> None:
    line = precision_recall_line(TRUTH, PROBABILITY)

    assert line is not None
    assert list(line.x) == sorted(line.x)
    assert (line.x[0], line.x[-1]) == (0.0, 1.0)


@given(st.integers(1, 300))
def test_every_row_is_in_one_bin(rows: int) -> None:
    random = np.random.default_rng(rows)
    bins = reliability(random.integers(0, 2, rows), random.random(rows))

    assert sum(each.rows for each in bins) == rows
    assert [each.predicted for each in bins] == sorted(each.predicted for each in bins)


def test_honest_probabilities_lie_on_the_diagonal() -> None:
    probability = RANDOM.random(40_000)
    came_true = (RANDOM.random(40_000) < probability).astype(np.int64)

    for each in reliability(came_true, probability):
        assert each.observed == pytest.approx(each.predicted, abs=0.03)


def test_rows_of_a_confusion_are_true_classes() -> None:
    found = confusion(np.array([0, 0, 1]), np.array([1, 0, 1]), ("no", "yes"))

    assert found.classes == ("no", "yes")
    assert found.counts == ((1, 1), (0, 1))


def test_of_many_classes_the_largest_are_shown() -> None:
    truth = np.concatenate([np.arange(30), np.full(9, 29)])
    found = confusion(truth, truth, tuple(f"k{code}" for code in range(30)))

    assert len(found.classes) == SHOWN_CLASSES
    assert found.classes[-1] == "k29"
    assert found.counts[-1][-1] == 10


def test_all_residuals_are_counted_and_a_sample_is_drawn() -> None:
    truth = RANDOM.normal(size=3_000)
    found = residuals(truth, truth - 1)

    assert sum(found.counts) == 3_000
    assert len(found.truth) == len(found.predicted) == SCATTERED_ROWS
    assert np.allclose(np.subtract(found.truth, found.predicted), 1, atol=1e-4)
