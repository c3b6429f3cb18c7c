"""How sure a finished run is of new rows: intervals for values, sets of classes."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.errors import NoPredictor
from engine.out_of_fold_rows import out_of_fold_rows
from engine.run_folder import RunFolder
from engine.stored_predictions import read_predictions
from schemas.ensemble import Ensemble
from schemas.task import Task, TaskKind
from tabular.conformal import (
    conformal_band,
    conformal_sets,
    conformal_threshold,
)
from tabular.development import load_development

SEPARATOR = " | "
_BOUNDS = ("lower", "upper")
_SET = "set"


def uncertainty_names(task: Task) -> tuple[str, ...]:
    """Names of the columns of `uncertainty_table`."""
    return _BOUNDS if task.kind is TaskKind.REGRESSION else (_SET,)


def uncertainty_table(
    folder: RunFolder,
    task: Task,
    ensemble: Ensemble,
    predicted: NDArray[np.float64],
    level: float,
) -> pd.DataFrame:
    """Columns `lower` and `upper` (regression), or `set` (classification).

    Args:
        folder: The run's folder.
        task: What was learned.
        ensemble: The final ensemble.
        predicted: What the ensemble says of new rows, shape (n, columns).
        level: Share of rows whose truth is to be within, 0 to 1.

    Raises:
        NoPredictor: The run clusters, or kept nothing to judge its ensemble by.
    """
    if task.kind is TaskKind.CLUSTERING:
        raise NoPredictor("clusters have no truth; leave --intervals out")
    if ensemble.out_of_fold is None:
        raise NoPredictor("this run kept no out-of-fold predictions for --intervals")
    development = load_development(folder.data)
    rows = out_of_fold_rows(development, ensemble.folds)
    if development.target is None:
        raise ValueError("a supervised task has no target")
    truth = development.target[rows.numbers]
    columns = predicted.shape[1]
    said = read_predictions(folder.blobs, [ensemble.out_of_fold], columns)
    if task.kind is TaskKind.REGRESSION:
        band = conformal_band(truth, said[:, 0], level)
        bounds = band.intervals(predicted[:, 0])
        return pd.DataFrame(bounds, columns=uncertainty_names(task))
    threshold = conformal_threshold(truth, said, level)
    return pd.DataFrame(
        {_SET: _named(conformal_sets(predicted, threshold), task.labels)}
    )


def _named(members: NDArray[np.bool_], labels: tuple[str, ...]) -> list[str]:
    names = np.asarray(labels, dtype=object)
    return [SEPARATOR.join(names[row]) for row in members]
