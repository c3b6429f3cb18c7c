"""What a run is steered by: its metric, and what a constant prediction scores."""

import math
from typing import NamedTuple

import numpy as np

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
        TableError: If the user named a metric that does not go with the task or the folds.
    """
    metric = chosen_metric(labelled.kind, settings)
    baseline = _baseline(labelled, metric)
    if not np.isnan(baseline):
        return Steered(metric, baseline)
    instead = metric_named(_DEFINED_FOR_ANY_ROWS[labelled.kind], labelled.kind)
    undefined = f"No fold holds different labels, so that {metric.name} is undefined"
    if settings.metric is not None:
        raise TableError(
            f"{undefined}; use --metric {instead.name} or split the rows otherwise."
        )
    warning = f"{undefined}; the metric is {instead.name}."
    return Steered(instead, _baseline(labelled, instead), (warning,))


def _baseline(labelled: Labelled, metric: Metric) -> float:
    """Mean over the folds of what a constant prediction scores; NaN if none is defined."""
    development = labelled.development
    truth, weight = development.target, development.weight
    if truth is None:
        raise TypeError("only labels can be scored")
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
