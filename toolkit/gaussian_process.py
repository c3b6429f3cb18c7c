"""Gaussian processes: curves through all training rows at once."""

import math

import numpy as np
import pandas as pd
import scipy
from sklearn.linear_model import LogisticRegression

from toolkit.arrays import Codes, Floats
from toolkit.covariance import Covariance, Roughness
from toolkit.dense_encoder import DenseEncoder
from toolkit.estimator import BINARY_CLASSES, Estimator
from toolkit.evidence import STEPS, Evidence, diagonal_of_inverse
from toolkit.scaler import Scaling
from toolkit.spec import Spec

MOST_ROWS = 4_000
"""The matrix of all pairs of rows takes 8 bytes for each."""
ROWS_AT_ONCE = 1_000
LIGHTEST = 1e-3
"""A row of less weight than this share of the mean counts as this much."""
PENALTY = 0.1
USABLE_SHARE = 0.3
"""Share of a job's seconds planned for learning lengths, and again for what follows."""
PAIR_SECONDS = 5e-8
PAIR_COLUMN_SECONDS = 2e-10
"""One pair of rows in one step of the search for lengths, and one column of it (measured,
one thread, another core busy)."""
TRIPLE_SECONDS = 3e-11
"""All rows once, by the third power of their number."""


class GaussianProcess(Estimator):
    """Gaussian process regression with a length for each encoded feature.

    Lengths are those under which the targets of some of the rows are most likely, see
    `Evidence`. Classes are 0 and 1 for as many targets; what the process says of each
    training row without that row (in closed form) teaches a logistic regression what
    these values mean as probabilities.

    Source: Rasmussen and Williams, "Gaussian processes for machine learning", 2006; for
    leaving rows out, section 5.4.2, for classes as targets, section 6.5.

    Args:
        spec: The task as the worker describes it.
        roughness: How smoothly targets follow the columns.
        rows: Most rows that lengths are learned from.
        spread: How far the lengths of features may well lie apart, as a standard deviation
            of their logarithms.
        scaling: How numbers are scaled, see `Scaler`.
    """

    def __init__(
        self,
        spec: Spec,
        roughness: Roughness = "smooth",
        rows: int = 400,
        spread: float = 0.5,
        scaling: Scaling = "robust",
    ) -> None:
        super().__init__(spec)
        self.roughness: Roughness = roughness
        self.rows = rows
        self.spread = spread
        self.encoder = DenseEncoder(
            scaling, spec.seed, is_classification=self.is_classification
        )

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        values = self.encoder.fit_transform(table, target)
        self.varying = _varying(values)
        self.mean = values.mean(axis=0)
        kept = self._kept(target)
        self.seen = self._centred(values[kept])
        targets, shares = self._targets(target)[kept], _shares_of_noise(weight, kept)
        self.lowest, self.highest = float(targets.min()), float(targets.max())
        self.covariance = self._likely(targets, shares)
        factor = self._factor(shares)
        self.coefficients = scipy.linalg.cho_solve((factor, True), targets)
        slope = self.covariance.slope / self.seen.shape[1]
        self.slopes = slope * self.seen.T @ self.coefficients
        if self.is_classification:
            unseen = targets - self.coefficients / diagonal_of_inverse(factor)[:, None]
            model = LogisticRegression(C=1 / PENALTY, solver="newton-cholesky")
            self.calibration = model.fit(unseen, target[kept], 1 / shares)

    def _predict(self, table: pd.DataFrame) -> Floats:
        values = self._centred(self.encoder.transform(table))
        parts = range(0, max(len(values), 1), ROWS_AT_ONCE)
        said = np.concatenate(
            [self._said(values[start : start + ROWS_AT_ONCE]) for start in parts]
        )
        if self.is_classification:
            return np.asarray(self.calibration.predict_proba(said))
        return np.asarray(np.clip(said[:, 0], self.lowest, self.highest))

    def _said(self, values: Floats) -> Floats:
        bends = self.covariance.bends(values, self.seen) @ self.coefficients
        said: Floats = bends + values @ self.slopes
        return said

    def _centred(self, values: Floats) -> Floats:
        centred: Floats = (values - self.mean)[:, self.varying]
        return centred

    def _targets(self, target: Floats | Codes) -> Floats:
        """Standardised columns: the values, or one for each class (two share one)."""
        if not self.is_classification:
            column: Floats = target.astype(np.float64)[:, None]
            return column
        is_class = np.eye(len(self.present))[target.astype(np.int64)]
        if len(self.present) == BINARY_CLASSES:
            is_class = is_class[:, 1:]
        spread = np.sqrt(is_class.var(axis=0).mean())
        standardised: Floats = (is_class - is_class.mean(axis=0)) / spread
        return standardised

    def _likely(self, targets: Floats, shares: Floats) -> Covariance:
        chosen = self._drawn(len(targets), self._rows_for_lengths())
        _, features = np.unique(
            self.encoder.features[self.varying], return_inverse=True
        )
        evidence = Evidence(
            self.roughness,
            self.spread,
            self.seen[chosen],
            features,
            targets[chosen],
            shares[chosen],
        )
        return evidence.most_likely()

    def _factor(self, shares: Floats) -> Floats:
        """Lower Cholesky factor of the covariance of the rows that were seen."""
        rows = len(self.seen)
        # In the order in which it is taken apart in place, a part of the rows at a time.
        matrix = np.empty((rows, rows), order="F")
        for start in range(0, rows, ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            matrix[:, part] = self.covariance.between(self.seen, self.seen[part])
        matrix[np.diag_indices_from(matrix)] += self.covariance.noise * shares
        factor: Floats = scipy.linalg.cholesky(
            matrix, lower=True, overwrite_a=True, check_finite=False
        )
        return factor

    def _kept(self, target: Floats | Codes) -> Codes:
        """Positions of the rows to learn from: all that there is time for, of each class."""
        kept = self._drawn(len(target), self._affordable_rows())
        if self.is_classification:
            firsts = np.unique(target, return_index=True)[1]
            kept = np.union1d(kept, firsts)
        return kept

    def _affordable_rows(self) -> int:
        """Rows that fit the job's seconds, from sizes alone: no clock, so runs repeat."""
        usable = USABLE_SHARE * self.spec.seconds
        return min(MOST_ROWS, int(math.cbrt(usable / TRIPLE_SECONDS)))

    def _rows_for_lengths(self) -> int:
        pair = PAIR_SECONDS + PAIR_COLUMN_SECONDS * self.seen.shape[1]
        usable = USABLE_SHARE * self.spec.seconds
        return min(self.rows, int(math.sqrt(usable / (STEPS * pair))))

    def _drawn(self, rows: int, most: int) -> Codes:
        """Positions of so many rows at most, in their order."""
        if rows <= most:
            return np.arange(rows)
        random = np.random.default_rng(self.spec.seed)
        return np.sort(random.choice(rows, most, replace=False))


def _varying(values: Floats) -> Codes:
    """Positions of the columns in which rows differ; of the first one if there is none."""
    varying = np.flatnonzero(values.std(axis=0) > 0)
    return varying if len(varying) else np.arange(1)


def _shares_of_noise(weight: Floats | None, kept: Codes) -> Floats:
    """How much noise each row has, 1 for one of mean weight, shape (kept rows,)."""
    if weight is None:
        return np.ones(len(kept))
    mean = weight.mean()
    shares: Floats = mean / np.maximum(weight[kept], LIGHTEST * mean)
    return shares
