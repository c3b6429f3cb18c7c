"""How much two candidates say the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tabular.likeness import likeness, partition_likeness

VALUES = arrays(np.float64, (6, 1), elements=st.floats(-1e300, 1e300))


@given(VALUES, VALUES)
def test_likeness_is_a_correlation(first: np.ndarray, second: np.ndarray) -> None:
    found = likeness(first, second)

    assert -1.0 - 1e-9 <= found <= 1.0 + 1e-9
    assert found == pytest.approx(likeness(second, first))


def test_a_shift_and_a_stretch_change_nothing() -> None:
    values = np.random.default_rng(0).normal(size=(50, 1))

    assert likeness(values, 3 * values + 7) == pytest.approx(1.0)
    assert likeness(values, -values) == pytest.approx(-1.0)


def test_the_shares_of_the_classes_alone_are_no_likeness() -> None:
    random = np.random.default_rng(0)
    first, second = random.normal(size=(2, 200, 2)) * 0.01 + [0.9, 0.1]

    assert abs(likeness(first, second)) < 0.3


def test_the_same_for_every_row_is_like_nothing() -> None:
    assert likeness(np.ones((5, 1)), np.arange(5.0)[:, None]) == 0.0


def test_clusters_may_have_other_numbers() -> None:
    first = np.array([[0.0], [0.0], [1.0], [1.0], [2.0]])
    second = np.array([[2.0], [2.0], [0.0], [0.0], [1.0]])

    assert partition_likeness(first, second) == 1.0
    assert partition_likeness(first, np.zeros((5, 1))) < 0.5
