"""How alike rows are to a Gaussian process."""

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import DotProduct, Matern

from toolkit.covariance import Covariance, Roughness, likeness, squared_distances

SMOOTHNESS: dict[Roughness, float] = {"smooth": 2.5, "rough": 0.5}


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_covariances_agree_with_scikit_learn(roughness: Roughness) -> None:
    random = np.random.default_rng(0)
    rows, others = random.normal(size=(20, 3)), random.normal(size=(30, 3))
    lengths = np.array([0.5, 2.0, 7.0])
    covariance = Covariance(roughness, 1.7, 0.6, 0.1, lengths)

    bends = Matern(lengths, nu=SMOOTHNESS[roughness])(rows, others)
    slopes = DotProduct(sigma_0=0)(rows, others) / 3

    expected = 1.7 * bends + 0.6 * slopes
    np.testing.assert_allclose(covariance.between(rows, others), expected)


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_the_pull_is_what_longer_lengths_bring(roughness: Roughness) -> None:
    squares = np.array([[0.01, 0.5, 4.0, 30.0]])
    step = 1e-6

    pull = likeness(roughness, squares).pull

    longer, shorter = (
        likeness(roughness, squares * np.exp(-2 * change)).correlation
        for change in (step, -step)
    )
    np.testing.assert_allclose(
        pull * squares, (longer - shorter) / (2 * step), rtol=1e-5
    )


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_copies_of_a_row_are_wholly_alike(roughness: Roughness) -> None:
    row = np.full((1, 4), 1e8 / 3)

    squares = squared_distances(row, row)

    assert squares.min() >= 0
    assert likeness(roughness, np.zeros((1, 1))).correlation == 1
    assert np.isfinite(likeness(roughness, np.zeros((1, 1))).pull).all()
