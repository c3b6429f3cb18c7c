"""The classifier."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    column_or_1d,
)

from sage_loop.estimators.base import Array, SageLoopEstimator, Table
from sage_loop.estimators.engine import Json
from sage_loop.estimators.errors import InputError
from sage_loop.estimators.labels import Labels
from sage_loop.estimators.tables import free_name

BINARY_CLASSES = 2


@dataclass(kw_only=True, eq=False, repr=False)
class SageLoopClassifier(ClassifierMixin, SageLoopEstimator):  # type: ignore[misc] # sklearn has no types
    """Classify the rows of a table by an ensemble that a team of agents finds.

    All other parameters are those of `SageLoopEstimator`.

    Args:
        positive: The positive class of a binary task; the larger label by default.

    Attributes:
        classes_: Labels in the order of the columns of `predict_proba`.
        run_: The run's folder.
        leaderboard_: Every candidate that was scored, best first.
        report_: The run's summary.

    Examples:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> model = SageLoopClassifier(trials=3, feature_rounds=0, validation="holdout")
        >>> model.fit(X, y).predict(X.head(3)).tolist()
        [0, 0, 0]
        >>> model.predict_proba(X.head(3)).shape
        (3, 3)
        >>> model.report_["status"]
        'done'
    """

    _task: ClassVar = "classification"

    positive: object = None

    def fit(
        self, X: Table, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Find, fit and combine models.

        Args:
            X: Rows of any kinds of columns, missing values as they are.
            y: Labels, shape (rows,).
            sample_weight: Weights of rows, shape (rows,); they count in fits and in scores,
                and rows of weight 0 are left out.

        Raises:
            SageLoopError: The rows or an option cannot be used, or the run failed.
        """
        with self._fit_as_a_whole():
            self._check_target(y)
            rows = self._check_fit(X)
            target = _checked_labels(y, rows)
            laid = self._lay_out(rows, sample_weight)
            labels = _two_or_more(target[laid.is_kept])
            name = free_name(getattr(y, "name", None), list(laid.frame.columns))
            texts = labels.as_texts(target[laid.is_kept])
            laid.frame[name] = pd.Series(texts, dtype="str")
            self._labels = labels
            self.classes_ = labels.classes
            roles = {"target": name, **laid.roles, **self._roles()}
            return self._adopt(self._run_engine(laid.frame, roles))

    def predict(self, X: Table) -> Array:
        """Labels of the most probable classes, shape (rows,)."""
        best = self.predict_proba(X).argmax(axis=1)
        chosen: Array = self.classes_[best]
        return chosen

    def predict_proba(self, X: Table) -> npt.NDArray[np.float64]:
        """Probabilities in the order of `classes_`, shape (rows, classes)."""
        predicted = self._predicted(X)
        return self._labels.in_order(predicted.values, predicted.classes)

    def _roles(self) -> Json:
        labels = self._labels
        if len(labels.classes) != BINARY_CLASSES:
            return {} if self.positive is None else {"positive": str(self.positive)}
        if self.positive is None:
            return {"positive": labels.texts[-1]}
        places = np.flatnonzero(labels.classes == self.positive)
        if not len(places):
            raise InputError(f"positive={self.positive!r} is no class of y")
        return {"positive": labels.texts[int(places[0])]}

    def _fitted_facts(self) -> Json:
        kind = self.classes_.dtype
        return {
            "dtype": "object" if kind.kind == "O" else kind.str,
            "classes": self.classes_.tolist(),
            "texts": list(self._labels.texts),
        }

    def _take_facts(self, facts: Json) -> None:
        classes = np.asarray(facts["classes"], dtype=str(facts["dtype"]))
        texts = facts["texts"]
        if isinstance(texts, list):
            self._labels = Labels(classes, tuple(texts))
            self.classes_ = classes


def _checked_labels(y: npt.ArrayLike, rows: Table) -> Array:
    """Labels of the rows, as they are."""
    target = column_or_1d(y, warn=True)
    check_consistent_length(rows, target)
    if target.dtype.kind == "f":
        assert_all_finite(target, input_name="y")
    check_classification_targets(target)
    return np.asarray(target)


def _two_or_more(target: Array) -> Labels:
    """The classes of a target.

    Raises:
        InputError: There is one only.
    """
    labels = Labels.of(target)
    if len(labels.classes) < BINARY_CLASSES:
        raise InputError(
            "a classifier needs rows of two classes or more; there is one class: "
            f"{labels.texts[0]!r}"
        )
    return labels
