"""What every estimator of the toolkit shares: class codes, constant targets, clean output."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from toolkit.arrays import Codes, Floats
from toolkit.number_names import NumberNames
from toolkit.spec import Spec

BINARY_CLASSES = 2


class Estimator(ABC):
    """A candidate's four methods over two hooks that subclasses fill.

    Classes that are missing from the training rows get probability 0; a target with a
    single class or value needs no model at all; a regression target is standardised
    before the hook sees it, so that penalties mean the same on every scale. Whole numbers
    that name things are shown to the hooks as categories, too (`NumberNames`).

    Args:
        spec: The task as the worker describes it.
    """

    # Models that were fitted and kept before numbers were tried as names have none.
    names = NumberNames()

    def __init__(self, spec: Spec) -> None:
        # A plain dict travels with the fitted model; a read-only view might not.
        self.spec = replace(spec, kinds=dict(spec.kinds))
        self.is_classification = spec.task in {"binary", "multiclass"}

    @property
    def outputs(self) -> int:
        """Trees per boosting round: one per class for three classes or more, else one."""
        classes = len(self.present) if self.is_classification else 0
        return classes if classes > BINARY_CLASSES else 1

    @abstractmethod
    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        """Fit to codes 0..present-1 or to standardised values, shape (rows,)."""

    @abstractmethod
    def _predict(self, table: pd.DataFrame) -> Floats:
        """Probabilities (rows, present) or standardised values (rows,)."""

    def fit(
        self, X: pd.DataFrame, y: ArrayLike, weight: ArrayLike | None = None
    ) -> Self:
        """Fit to training rows.

        Args:
            X: Rows of any kinds of columns, missing values as they are.
            y: Class codes or values, shape (rows,).
            weight: Row weights, shape (rows,), or None.
        """
        weights = None if weight is None else np.asarray(weight, dtype=np.float64)
        if self.is_classification:
            self.present, codes = np.unique(
                np.asarray(y, dtype=np.int64), return_inverse=True
            )
            self.is_constant = len(self.present) == 1
            target: Floats | Codes = codes.astype(np.int64)
        else:
            values = np.asarray(y, dtype=np.float64)
            self.centre, self.scale = float(values.mean()), float(values.std())
            self.low, self.high = float(values.min()), float(values.max())
            self.is_constant = self.low == self.high or self.scale == 0
            target = values if self.is_constant else (values - self.centre) / self.scale
        if not self.is_constant:
            self.names = NumberNames().fit(
                X, target, is_classification=self.is_classification
            )
            self._fit(self.names.transform(X), target, weights)
        return self

    def predict(self, X: pd.DataFrame) -> Floats | Codes:
        """Class codes or values, shape (rows,)."""
        if self.is_classification:
            return np.asarray(self.predict_proba(X).argmax(axis=1), dtype=np.int64)
        if self.is_constant:
            return np.full(len(X), self.centre)
        values: Floats = self._predicted(X) * self.scale + self.centre
        # One range beyond what was seen is room enough for trends, none for explosions.
        room = self.high - self.low
        return np.clip(values, self.low - room, self.high + room)

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Probabilities in code order, shape (rows, spec.n_classes); rows sum to 1."""
        proba = np.zeros((len(X), self.spec.n_classes))
        present = np.ones((len(X), 1)) if self.is_constant else self._predicted(X)
        present = np.clip(present, 0.0, 1.0)
        proba[:, self.present] = present / present.sum(axis=1, keepdims=True)
        return proba

    def _predicted(self, X: pd.DataFrame) -> Floats:
        return self._predict(self.names.transform(X))
