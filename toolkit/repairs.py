"""Wrappers that mend a candidate from outside: what goes into it, and what comes out.

Each is used as a base class of the mended candidate:
`class Candidate(Imputed): written = Candidate`.
"""

from typing import Protocol, Self, cast

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.columns import group_columns, medians, numbers
from toolkit.datetime_parts import datetime_parts
from toolkit.levels import Levels
from toolkit.spec import Spec

MISSING = "(missing)"
ONE_HOT_LEVELS = 20


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
    """Changes the table before the candidate sees it; subclasses say how."""

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        """Learn the preparation, then fit the candidate inside."""
        self.learn(X)
        return super().fit(self.prepare(X), y, weight)

    def predict(self, X: pd.DataFrame) -> Floats | Codes:
        """Prepare rows, then predict."""
        return super().predict(self.prepare(X))

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Prepare rows, then predict probabilities."""
        return super().predict_proba(self.prepare(X))

    def learn(self, X: pd.DataFrame) -> None:
        """Learn from the training rows what `prepare` needs."""
        raise NotImplementedError

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """The table as the candidate can take it."""
        raise NotImplementedError


class Imputed(_Prepared):
    """No missing values: medians for numbers and dates, a level or text for the rest."""

    def learn(self, X: pd.DataFrame) -> None:
        """Learn medians and levels."""
        self.groups = group_columns(X)
        self.medians = medians(numbers(X, self.groups.numeric))
        self.middles = {name: X[name].median() for name in self.groups.datetime}
        self.levels = {
            name: [*map(str, Levels().fit(X[name]).index), MISSING]
            for name in self.groups.category
        }

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Fill the gaps; columns keep their names."""
        values = numbers(X, self.groups.numeric)
        values = np.where(np.isnan(values), self.medians, values)
        filled = dict(zip(self.groups.numeric, values.T, strict=True))
        columns: dict[str, object] = {}
        for name in X.columns:
            if name in filled:
                columns[name] = filled[name]
            elif name in self.levels:
                texts = X[name].astype(object).where(X[name].notna(), MISSING).map(str)
                known = texts.where(texts.isin(self.levels[name]), MISSING)
                columns[name] = pd.Categorical(known, categories=self.levels[name])
            elif name in self.middles:
                columns[name] = X[name].fillna(self.middles[name])
            else:
                columns[name] = X[name].fillna("")
        return pd.DataFrame(columns, index=X.index)


class Encoded(_Prepared):
    """Numbers only, none missing; columns keep their names.

    A category becomes the codes of its levels, most frequent first, followed by one
    indicator column `name = level` for each of its 20 most frequent levels. A text
    becomes its length, a date the days since 1970.
    """

    def learn(self, X: pd.DataFrame) -> None:
        """Learn levels and medians."""
        self.groups = group_columns(X)
        self.levels = {name: Levels().fit(X[name]) for name in self.groups.category}
        self.medians = medians(self._encode(X).to_numpy())

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode rows as float64 columns without missing values."""
        encoded = self._encode(X)
        values = encoded.to_numpy()
        filled = np.where(np.isnan(values), self.medians, values)
        return pd.DataFrame(filled, index=X.index, columns=encoded.columns)

    def _encode(self, X: pd.DataFrame) -> pd.DataFrame:
        columns: dict[str, Floats] = {}
        numeric = numbers(X, self.groups.numeric)
        for name in X.columns:
            if name in self.levels:
                levels = self.levels[name]
                codes = levels.codes(X[name])
                columns[name] = codes.astype(np.float64)
                for code, level in enumerate(levels.index[:ONE_HOT_LEVELS].tolist()):
                    columns[f"{name} = {level}"] = (codes == code).astype(np.float64)
            elif name in self.groups.datetime:
                columns[name] = datetime_parts(X[name])[:, 0]
            elif name in self.groups.text:
                lengths = X[name].fillna("").str.len()
                columns[name] = np.asarray(lengths, dtype=np.float64)
            else:
                columns[name] = numeric[:, self.groups.numeric.index(name)]
        return pd.DataFrame(columns, index=X.index)


class KnownLevels(_Prepared):
    """A level that training rows did not have becomes their most frequent one."""

    def learn(self, X: pd.DataFrame) -> None:
        """Learn the levels of each category."""
        categories = group_columns(X).category
        self.levels = {name: Levels().fit(X[name]).index for name in categories}

    def prepare(self, X: pd.DataFrame) -> pd.DataFrame:
        """Replace unseen levels; missing stays missing where training rows had gaps."""
        known = X.copy()
        for name, levels in self.levels.items():
            if len(levels):
                column = X[name].astype(object)
                column = column.where(column.isin(levels), levels[0])
                known[name] = pd.Categorical(column, categories=levels)
        return known


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
