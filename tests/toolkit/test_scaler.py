"""Scaling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import RobustScaler, StandardScaler

from toolkit.scaler import Scaler, Scaling, smooth_clip

VALUES = np.random.default_rng(0).normal(3, 5, size=(200, 4))


@pytest.mark.parametrize(
    ("scaling", "reference"),
    [("standard", StandardScaler()), ("robust", RobustScaler())],
)
def test_scaling_agrees_with_scikit_learn_before_the_clip(
    scaling: Scaling, reference: StandardScaler | RobustScaler
) -> None:
    scaled = Scaler(scaling, 0).fit(VALUES).transform(VALUES)

    np.testing.assert_allclose(scaled, smooth_clip(reference.fit_transform(VALUES)))


def test_without_bending_distances_are_kept_up_to_the_cut() -> None:
    scaler = Scaler("standard", 0, is_bent=False).fit(VALUES)

    scaled = scaler.transform(np.vstack([VALUES, np.full((1, 4), 1e12)]))

    expected = StandardScaler().fit_transform(VALUES)
    np.testing.assert_allclose(scaled[:-1], expected)
    assert scaled[-1].tolist() == [5.0] * 4


@pytest.mark.parametrize("scaling", ["standard", "robust", "quantile"])
def test_scaled_values_are_finite_and_bounded_even_for_outliers(
    scaling: Scaling,
) -> None:
    scaler = Scaler(scaling, 0).fit(VALUES)

    far = scaler.transform(np.full((1, 4), 1e12))

    assert np.abs(far).max() < 6


@pytest.mark.parametrize("scaling", ["standard", "robust"])
def test_a_constant_column_becomes_zeros(scaling: Scaling) -> None:
    values = np.full((10, 1), 7.0)

    assert not Scaler(scaling, 0).fit(values).transform(values).any()


def test_robust_scaling_of_a_mostly_constant_column_uses_half_its_range() -> None:
    values = np.array([[0.0]] * 20 + [[4.0]])

    scaled = Scaler("robust", 0).fit(values).transform(values)

    assert scaled[-1, 0] == pytest.approx(smooth_clip(np.array([2.0]))[0])


@given(st.floats(-1e6, 1e6))
def test_smooth_clip_keeps_order_sign_and_bounds(value: float) -> None:
    low, high = smooth_clip(np.array([value, value + 1]))

    rounding = 1e-12
    assert -3 <= low <= high + rounding
    assert high <= 3
    assert low * value >= 0
