"""Models that learn the logarithm of a target, for amounts that span many sizes."""

from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from toolkit.arrays import Floats
from toolkit.estimator import Estimator

Answer = Literal["median", "mean", "share"]

SHARE_OF_MEDIAN = 0.01
"""So much of the median is added to each value, or the smallest ones would weigh most."""
MOST_LIFTED = 2.0
ROWS_LIFTED_BY = 20_000
"""So many rows suffice for the factor; predicting a million takes long."""
SMALLEST_SHARE = 1e-3
"""Rows of less than this share of the mean do not weigh more than those of it."""


class Logarithmic:
    """Fits a model to `log(y + plus)`, and answers by `median`, `mean` or with least `share`.

    Args:
        model: The model.
        answer: What a prediction is to be close to. `median`: as many values are above it
            as below, by the model's own error of logarithms. `mean`: predictions are lifted
            by one factor so that those of training rows have the mean of their targets
            (smearing; Duan, JASA 1983). `share`: errors count as shares of the value,
            so rows weigh as its reciprocal.
        plus: What is added to values before their logarithm; a hundredth of their median
            if None. Values below 0 count as 0.
    """

    def __init__(
        self, model: Estimator, answer: Answer = "median", plus: float | None = None
    ) -> None:
        self.model = model
        self.answer = answer
        self.plus = plus

    def fit(
        self, X: pd.DataFrame, y: ArrayLike, weight: ArrayLike | None = None
    ) -> Self:
        """Fit to training rows.

        Args:
            X: Rows of any kinds of columns, missing values as they are.
            y: Values, shape (rows,).
            weight: Row weights, shape (rows,), or None.
        """
        values = np.maximum(np.asarray(y, dtype=np.float64), 0.0)
        self.added = self._added(values)
        if self.answer == "share":
            weight = _shares(values, weight)
        self.model.fit(X, np.log(values + self.added), weight)
        self.factor = 1.0
        if self.answer == "mean":
            some = slice(None, None, 1 + len(values) // ROWS_LIFTED_BY)
            said = max(self.predict(X.iloc[some]).mean(), np.finfo(float).tiny)
            lifted = values[some].mean() / said
            self.factor = float(np.clip(lifted, 1 / MOST_LIFTED, MOST_LIFTED))
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Values of at least 0, shape (rows,)."""
        values = np.exp(self.model.predict(X)) - self.added
        lifted: Floats = np.maximum(values, 0.0) * self.factor
        return lifted

    def _added(self, values: Floats) -> float:
        if self.plus is not None:
            return self.plus
        above = values[values > 0]
        return SHARE_OF_MEDIAN * float(np.median(above)) if len(above) else 1.0


def _shares(values: Floats, weight: ArrayLike | None) -> Floats:
    given = np.ones(len(values)) if weight is None else np.asarray(weight, float)
    smallest = max(SMALLEST_SHARE * values.mean(), np.finfo(float).tiny)
    # At most 1 each: one over the smallest values would add up to more than floats hold.
    shares: Floats = given * (smallest / np.maximum(values, smallest))
    balanced: Floats = shares * (given.sum() / shares.sum())
    return balanced
