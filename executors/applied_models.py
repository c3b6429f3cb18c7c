"""Fitted models at work on new rows.

Exported predictors run this very file, so it imports no schemas at run time.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from executors.applied_views import FittedView, apply_views, isolated
from executors.errors import ContractError
from executors.returned import as_table

if TYPE_CHECKING:
    from executors.outcome import Stage

CLASSIFICATION = frozenset({"binary", "multiclass"})


class Candidate(Protocol):
    """What the source of a candidate defines."""

    def fit(self, *training: object) -> object:
        """Learn from X, y and weight; from X alone for clustering."""

    def predict(self, X: pd.DataFrame) -> object:
        """Return values or labels."""

    def predict_proba(self, X: pd.DataFrame) -> object:
        """Return class probabilities."""


class SavedView(TypedDict):
    """A fitted feature program as it is kept in a model."""

    features: object
    columns: tuple[str, ...]
    names: tuple[str, ...]


class SavedModel(TypedDict):
    """A fitted model as it is kept: plain containers, so that any code can read it."""

    candidate: Candidate
    views: list[SavedView]


def predict_with(
    models: list[SavedModel],
    rows: pd.DataFrame,
    task: str,
    enter: "Callable[[Stage], None]",
) -> NDArray[np.float64]:
    """Return the mean prediction of models.

    Raises:
        ContractError: There is no model, or one breaks its contract.
    """
    total: NDArray[np.float64] | None = None
    for model in models:
        enter("features")
        views = [FittedView(**view) for view in model["views"]]  # type: ignore[arg-type]
        seen = apply_views(views, rows)
        enter("predict")
        values = predictions(model["candidate"], seen, task)
        total = values if total is None else total + values
    if total is None:
        raise ContractError("no model given")
    return total / len(models)


def predictions(
    candidate: Candidate, rows: pd.DataFrame, task: str
) -> NDArray[np.float64]:
    """Return a fitted candidate's predictions as a two-dimensional array.

    Raises:
        ContractError: They are not numbers, or not one row for each row.
    """
    if task in CLASSIFICATION:
        returned = candidate.predict_proba(isolated(rows))
        return as_table(returned, "predict_proba", len(rows))
    return as_table(candidate.predict(isolated(rows)), "predict", len(rows))
