"""What a run is steered by: its metric, and what a constant prediction scores."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.settings import TableSettings
from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.labelled import Labelled
from tabular.metrics import (
    Metric,
    constant_prediction,
    default_metric,
    metric_named,
    score,
)
from tabular.own_metrics import is_own_metric

Array = npt.NDArray[np.generic]

_DEFINED_FOR_ANY_ROWS = {
    TaskKind.BINARY: "log_loss",
    TaskKind.MULTICLASS: "log_loss",
    TaskKind.REGRESSION: "rmse",
}


def chosen_metric(kind: TaskKind, settings: TableSettings) -> Metric:
    """The metric that the user names, or the usual one of the kind of task."""
    if settings.metric is None:
        return default_metric(kind)
    return metric_named(settings.metric, kind)


class Steered(NamedTuple):
    """What a run is steered by.

    Attributes:
        metric: The metric.
        baseline: Score of the best constant prediction.
        warnings: Sentences for the user.
    """

    metric: Metric
    baseline: float
    warnings: tuple[str, ...] = ()


def steer(labelled: Labelled, settings: TableSettings) -> Steered:
    """The metric of a supervised task, or another one where that is undefined on all folds.

    Raises:
        TableError: If the user named a metric that does not go with the task, the target or
            the folds.
    """
    metric = chosen_metric(labelled.kind, settings)
    told = _values_that_do_not_suit(metric, _truth(labelled))
    baseline = _baseline(labelled, metric)
    if not np.isnan(baseline):
        return Steered(metric, baseline, told)
    instead = metric_named(_DEFINED_FOR_ANY_ROWS[labelled.kind], labelled.kind)
    undefined = f"No fold holds different labels, so that {metric.name} is undefined"
    if is_own_metric(metric.name):
        undefined = f"{metric.name} returns NaN on every fold"
    if settings.metric is not None:
        raise TableError(
            f"{undefined}; use --metric {instead.name} or split the rows otherwise."
        )
    warning = f"{undefined}; the metric is {instead.name}."
    return Steered(instead, _baseline(labelled, instead), (warning,))


def _values_that_do_not_suit(metric: Metric, truth: Array) -> tuple[str, ...]:
    """Warn of values by which errors are divided, and refuse those without a logarithm."""
    values = truth.astype(np.float64)
    below, zeros = np.count_nonzero(values < 0), np.count_nonzero(values == 0)
    if metric.name == "rmsle" and below:
        raise TableError(
            f"The target is below 0 in {below} of {len(values)} development rows, for "
            "which rmsle is undefined; use --metric rmse or mae."
        )
    if metric.name != "mape" or not zeros:
        return ()
    return (
        f"The target is 0 in {zeros} of {len(values)} development rows; mape divides by "
        "it, so that they outweigh all others; "
        f"use --metric {'mae' if below else 'mae or rmsle'}.",
    )


def _truth(labelled: Labelled) -> Array:
    truth = labelled.development.target
    if truth is None:
        raise TypeError("only labels can be scored")
    return truth


def _baseline(labelled: Labelled, metric: Metric) -> float:
    """Mean over the folds of what a constant prediction scores; NaN if none is defined."""
    development = labelled.development
    truth, weight = _truth(labelled), development.weight
    scores = []
    for fold in range(int(development.folds.max()) + 1):
        rows = development.scored_rows(fold)
        prediction = constant_prediction(
            labelled.kind,
            truth[development.training_rows(fold)],
            len(labelled.classes),
            len(rows),
        )
        own_weight = None if weight is None else weight[rows]
        scores.append(score(metric, truth[rows], prediction, own_weight))
    defined = [value for value in scores if not np.isnan(value)]
    return float(np.mean(defined)) if defined else math.nan
