"""Which covariance the targets of a Gaussian process speak for."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct, Matern, WhiteKernel

from toolkit.covariance import Roughness
from toolkit.evidence import (
    HIGHEST,
    LOWEST,
    SPREAD,
    USUAL,
    Evidence,
    diagonal_of_inverse,
    inverse_of,
)

SMOOTHNESS: dict[Roughness, float] = {"smooth": 2.5, "rough": 0.5}
ROWS = 40


def evidence_of(roughness: Roughness) -> Evidence:
    """Two targets that follow four columns, two of which show one feature."""
    random = np.random.default_rng(0)
    values = random.normal(size=(ROWS, 4))
    targets = np.column_stack([values[:, 0] * values[:, 1], np.sin(values[:, 2])])
    return Evidence(
        roughness,
        0.5,
        values,
        np.array([0, 1, 1, 2]),
        targets,
        random.uniform(0.5, 2.0, ROWS),
    )


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_the_gradient_leads_where_the_loss_falls(roughness: Roughness) -> None:
    evidence = evidence_of(roughness)
    place = np.log([2.0, 0.5, 0.2, 1.5, 0.7, 1.3, 1.0])

    gradient = evidence.loss(place)[1]

    numerical = approx_fprime(place, lambda point: evidence.loss(point)[0], 1e-6)
    np.testing.assert_allclose(gradient, numerical, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_the_likelihood_agrees_with_scikit_learn(roughness: Roughness) -> None:
    evidence = evidence_of(roughness)
    evidence = Evidence(
        roughness,
        0.5,
        evidence.values,
        evidence.features,
        evidence.targets,
        np.ones(ROWS),
    )
    height, slope, noise, common = 2.0, 0.5, 0.2, 1.5
    lengths = np.array([0.7, 1.3, 1.0])
    place = np.log([height, slope, noise, common, *lengths])

    loss = evidence.loss(place)[0]

    matern = Matern((common * lengths)[evidence.features], nu=SMOOTHNESS[roughness])
    straight = slope / 4 * DotProduct(0, "fixed")
    kernel = height * matern + straight + WhiteKernel(noise)
    process = GaussianProcessRegressor(kernel, optimizer=None)
    likelihood = sum(
        process.fit(evidence.values, target).log_marginal_likelihood()
        for target in evidence.targets.T
    )
    away = np.append(
        (place[:4] - [*USUAL, np.log(3) / 2]) / SPREAD, np.log(lengths) / 0.5
    )
    constant = len(evidence.targets.T) * ROWS / 2 * np.log(2 * np.pi)
    assert loss * ROWS == pytest.approx(away @ away / 2 - likelihood - constant)


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_a_feature_that_says_nothing_gets_a_long_length(roughness: Roughness) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(150, 2))
    target = np.sin(2 * values[:, :1]) + random.normal(size=(150, 1)) / 9
    evidence = Evidence(roughness, 0.5, values, np.arange(2), target, np.ones(150))

    telling, silent = evidence.most_likely().lengths

    assert silent > 2 * telling


def test_inverses_come_from_their_factors() -> None:
    values = np.random.default_rng(0).normal(size=(6, 9))
    matrix = values @ values.T
    factor = np.linalg.cholesky(matrix).astype(np.float64)

    np.testing.assert_allclose(inverse_of(factor) @ matrix, np.eye(6), atol=1e-9)
    np.testing.assert_allclose(
        diagonal_of_inverse(factor), np.diag(np.linalg.inv(matrix))
    )


@pytest.mark.parametrize("roughness", SMOOTHNESS)
@pytest.mark.parametrize("common", [LOWEST[3], 0.0, HIGHEST[3]])
def test_copies_of_rows_that_hardly_vary_alone_are_taken_apart(
    roughness: Roughness, common: float
) -> None:
    random = np.random.default_rng(0)
    values = np.repeat(random.normal(size=(60, 3)), 5, axis=0)
    targets, shares = random.normal(size=(300, 1)), np.full(300, 1 / 300)
    evidence = Evidence(roughness, 0.5, values, np.arange(3), targets, shares)
    place = np.array([HIGHEST[0], HIGHEST[1], LOWEST[2], common, 0.0, 0.0, 0.0])

    loss, gradient = evidence.loss(place)

    assert np.isfinite(loss)
    assert np.isfinite(gradient).all()
