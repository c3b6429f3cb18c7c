"""Wrappers that mend a candidate from outside: what goes into it, and what comes out.

Each is used as a base class of the mended candidate:
`class Candidate(Imputed): written = Candidate`.
"""

from typing import Protocol, Self, cast

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.preparations import (
    FilledGaps,
    NumbersOnly,
    Preparation,
    ScaledNumbers,
    TrainedLevels,
)
from toolkit.spec import Spec


class _Model(Protocol):
    def fit(self, *arguments: object) -> object: ...

    def predict(self, X: pd.DataFrame) -> Floats | Codes: ...

    def predict_proba(self, X: pd.DataFrame) -> Floats: ...


class Repaired:
    """Passes everything on to the candidate as it was written.

    Attributes:
        written: The class that failed.
    """

    written: type

    def __init__(self, spec: Spec) -> None:
        self.task = spec.task
        self.classes = spec.classes
        self.seed = spec.seed
        self.inner = cast("_Model", self.written(spec))

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        """Fit the candidate inside."""
        if y is None:
            self.inner.fit(X)
        elif weight is None:
            self.inner.fit(X, y)
        else:
            self.inner.fit(X, y, weight)
        return self

    def predict(self, X: pd.DataFrame) -> Floats | Codes:
        """Predict with the candidate inside."""
        return self.inner.predict(X)

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Predict probabilities with the candidate inside."""
        return self.inner.predict_proba(X)


class _Prepared(Repaired):
    """Changes the table before the candidate sees it.

    Attributes:
        preparation: How.
    """

    preparation: type[Preparation]

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        """Learn the preparation, then fit the candidate inside."""
        self.prepared = self.preparation()
        self.prepared.learn(X)
        return super().fit(self.prepared.prepare(X), y, weight)

    def predict(self, X: pd.DataFrame) -> Floats | Codes:
        """Prepare rows, then predict."""
        return super().predict(self.prepared.prepare(X))

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Prepare rows, then predict probabilities."""
        return super().predict_proba(self.prepared.prepare(X))


class Imputed(_Prepared):
    """No missing values, see `FilledGaps`."""

    preparation = FilledGaps


class Encoded(_Prepared):
    """Numbers only, see `NumbersOnly`."""

    preparation = NumbersOnly


class Standardized(_Prepared):
    """Numbers on one scale, see `ScaledNumbers`; iterations converge much sooner then."""

    preparation = ScaledNumbers


class KnownLevels(_Prepared):
    """No level that training rows did not have, see `TrainedLevels`."""

    preparation = TrainedLevels


class SingleClass(Repaired):
    """Says what there is to say if all training rows are of one class."""

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        """Fit the candidate inside if there are several classes."""
        found = np.unique(np.asarray(y))
        self.only = int(found[0]) if len(found) == 1 else None
        return self if self.only is not None else super().fit(X, y, weight)

    def predict(self, X: pd.DataFrame) -> Floats | Codes:
        """The only class, or what the candidate inside predicts."""
        if self.only is None:
            return super().predict(X)
        return np.full(len(X), self.only)

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """1 for the only class, or the probabilities of the candidate inside."""
        if self.only is None:
            return super().predict_proba(X)
        proba: Floats = np.eye(len(self.classes))[np.full(len(X), self.only)]
        return proba


class Subsampled(Repaired):
    """Fits on a random part of the training rows, to save time and memory.

    Attributes:
        rows: Most rows to fit on. Every class keeps at least one row.
    """

    rows = 2_000

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        """Fit the candidate inside on a sample."""
        kept = np.random.default_rng(self.seed).permutation(len(X))[: self.rows]
        if y is None:
            return super().fit(X.iloc[np.sort(kept)])
        target = pd.Series(y, index=X.index)
        if self.classes:
            _, first = np.unique(target.to_numpy(), return_index=True)
            kept = np.union1d(kept, first)
        kept = np.sort(kept)
        weights = None
        if weight is not None:
            weights = pd.Series(weight, index=X.index).iloc[kept]
        return super().fit(X.iloc[kept], target.iloc[kept], weights)


class CleanOutput(Repaired):
    """Predictions in the form that the contract asks for.

    Probabilities get one column per class, finite, not negative, and rows that sum to
    1; where a row has nothing usable it gets the training shares of the classes.
    Predictions become one finite value or class code per row. A candidate without
    `predict_proba` gives its predicted class 0.9.
    """

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        """Learn shares or mean of the target, then fit the candidate inside."""
        target = np.asarray(y)
        if self.classes:
            self.present = np.unique(target).astype(np.int64)
            counts = np.bincount(target.astype(np.int64), minlength=len(self.classes))
            self.shares = counts / counts.sum()
        else:
            self.mean = float(target.astype(np.float64).mean())
        return super().fit(X, y, weight)

    def predict(self, X: pd.DataFrame) -> Floats | Codes:
        """One finite value or class code per row, shape (rows,)."""
        if self.classes:
            return np.asarray(self.predict_proba(X).argmax(axis=1), dtype=np.int64)
        values = np.asarray(super().predict(X), dtype=np.float64).reshape(len(X), -1)
        values = values.mean(axis=1)
        return np.where(np.isfinite(values), values, self.mean)

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Probabilities, shape (rows, classes)."""
        if hasattr(self.inner, "predict_proba"):
            raw = np.asarray(super().predict_proba(X), dtype=np.float64)
        else:
            raw = self._from_predictions(np.asarray(super().predict(X)))
        raw = raw.reshape(len(X), -1)
        if raw.shape[1] == 1:
            raw = np.hstack([1 - raw, raw])
        proba = np.zeros((len(X), len(self.classes)))
        if raw.shape[1] == proba.shape[1]:
            proba = raw
        elif raw.shape[1] == len(self.present):
            proba[:, self.present] = raw
        else:
            proba[:, : raw.shape[1]] = raw[:, : proba.shape[1]]
        proba = np.maximum(np.nan_to_num(proba, nan=0, posinf=0, neginf=0), 0)
        sums = proba.sum(axis=1, keepdims=True)
        return np.where(sums > 0, proba / np.where(sums > 0, sums, 1), self.shares)

    def _from_predictions(self, predicted: np.ndarray) -> Floats:
        """Probabilities that favour the predicted class."""
        labels = predicted.reshape(len(predicted), -1)
        if labels.shape[1] > 1:
            return labels.astype(np.float64)
        names = {name: code for code, name in enumerate(self.classes)}
        codes = [
            names[label] if isinstance(label, str) else int(label)
            for label in labels[:, 0].tolist()
        ]
        rest = 0.1 / max(len(self.classes) - 1, 1)
        proba = np.full((len(codes), len(self.classes)), rest)
        proba[np.arange(len(codes)), codes] = 0.9
        return proba
