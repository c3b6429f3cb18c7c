"""Finds the covariance of a Gaussian process under which its targets are most likely."""

import math
from dataclasses import dataclass

import numpy as np
import scipy

from toolkit.arrays import Codes, Floats
from toolkit.covariance import (
    Covariance,
    Roughness,
    likeness,
    lines,
    squared_distances,
)

USUAL = np.log([1.0, 0.1, 0.1])
"""Height, slope and noise of standardised targets that are expected, as logarithms."""
LOWEST, HIGHEST = (-7.0, -9.0, -8.0, -3.0), (5.0, 5.0, 3.0, 7.0)
"""Bounds of these, and of the length that features have in common."""
SPREAD = 2.0
"""How far they may well be from that (a standard deviation)."""
FURTHEST = 4.0
"""Bound of the logarithm of a feature's length in common ones."""
STEPS = 40
"""Most covariances that are tried; more bring little and cost as much each."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How unlikely targets are under a covariance, and which way they get likelier.

    Lengths are expected to be about the root of the number of features, so that a row is
    neither like all others nor like none. A prior draws those of all features towards
    one: few rows say little of each.

    Attributes:
        roughness: How smoothly targets follow the columns.
        spread: How far a feature's length may well be from the common one, as a standard
            deviation of logarithms.
        values: Shape (rows, columns).
        features: Number of the feature that each column shows, shape (columns,); columns
            of one feature share a length.
        targets: Standardised, shape (rows, targets); all follow the same covariance.
        shares: Share of the noise that each row has, shape (rows,).
    """

    roughness: Roughness
    spread: float
    values: Floats
    features: Codes
    targets: Floats
    shares: Floats

    def most_likely(self) -> Covariance:
        """Search from the expected covariance by L-BFGS, for a bounded number of steps."""
        features = self.features.max() + 1
        start = np.append(self._usual(), np.zeros(features))
        bounds = [
            *zip(LOWEST, HIGHEST, strict=True),
            *[(-FURTHEST, FURTHEST)] * features,
        ]
        found = scipy.optimize.minimize(
            self.loss,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxfun": STEPS},
        )
        return self._covariance(found.x)

    def loss(self, logarithms: Floats) -> tuple[float, Floats]:
        """Negative log-likelihood and log-prior, by row, and its gradient.

        Args:
            logarithms: Of height, slope, noise, the common length and each feature's
                length in common ones.
        """
        covariance = self._covariance(logarithms)
        scaled = self.values / covariance.lengths
        squares = squared_distances(scaled, scaled)
        np.fill_diagonal(squares, 0.0)
        bends, pull = likeness(self.roughness, squares)
        slopes = lines(self.values, self.values)
        matrix = covariance.height * bends + covariance.slope * slopes
        matrix[np.diag_indices_from(matrix)] += covariance.noise * self.shares
        factor = scipy.linalg.cholesky(matrix, lower=True, check_finite=False)
        inverse = inverse_of(factor)
        coefficients = inverse @ self.targets
        outputs = self.targets.shape[1]
        loss = (
            np.vdot(self.targets, coefficients) / 2
            + outputs * np.log(np.diag(factor)).sum()
        )
        weights = coefficients @ coefficients.T - outputs * inverse
        pull *= covariance.height * weights
        by_feature = np.bincount(self.features, _along_columns(pull, scaled))
        gradient = -0.5 * np.array(
            [
                covariance.height * np.vdot(weights, bends),
                covariance.slope * np.vdot(weights, slopes),
                covariance.noise * np.diag(weights) @ self.shares,
                by_feature.sum(),
                *by_feature,
            ]
        )
        return self._with_prior(logarithms, float(loss), gradient)

    def _with_prior(
        self, logarithms: Floats, loss: float, gradient: Floats
    ) -> tuple[float, Floats]:
        usual = self._usual()
        away = logarithms.copy()
        away[: len(usual)] -= usual
        spreads = np.full(len(away), self.spread)
        spreads[: len(usual)] = SPREAD
        away /= spreads
        rows = len(self.values)
        prior = float(away @ away) / 2
        return (loss + prior) / rows, (gradient + away / spreads) / rows

    def _usual(self) -> Floats:
        return np.append(USUAL, math.log(self.features.max() + 1) / 2)

    def _covariance(self, logarithms: Floats) -> Covariance:
        height, slope, noise, common, *lengths = np.exp(logarithms)
        return Covariance(
            self.roughness,
            float(height),
            float(slope),
            float(noise),
            common * np.array(lengths)[self.features],
        )


def inverse_of(factor: Floats) -> Floats:
    """Inverse of a matrix from its lower Cholesky factor, shape (rows, rows)."""
    lower, _ = scipy.linalg.lapack.dpotri(factor, lower=True)
    inverse: Floats = np.tril(lower) + np.tril(lower, -1).T
    return inverse


def diagonal_of_inverse(factor: Floats) -> Floats:
    """Diagonal of a matrix's inverse, shape (rows,).

    Args:
        factor: Its lower Cholesky factor, whose room is used if columns follow each other.
    """
    lower, _ = scipy.linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    return np.array(np.diag(lower))


def _along_columns(pull: Floats, scaled: Floats) -> Floats:
    """Sums over all pairs of rows of `pull` times their squared distance by column."""
    own = pull.sum(axis=1) @ np.square(scaled)
    mixed = (scaled * (pull @ scaled)).sum(axis=0)
    sums: Floats = 2 * (own - mixed)
    return sums
