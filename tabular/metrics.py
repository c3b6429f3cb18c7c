"""Every metric by which predictions are scored, in numpy alone so that scoring is fast.

Supervised metrics agree with scikit-learn's. Predictions are class probabilities (rows,
classes), or values or labels (rows, 1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from schemas.task import TaskKind
from tabular import classification_metrics as classification
from tabular import regression_metrics as regression
from tabular.errors import TableError
from tabular.own_metrics import is_own_metric, own_metric
from tabular.silhouette import silhouette

Floats = npt.NDArray[np.float64]
MetricFunction = Callable[
    [npt.NDArray[np.generic], npt.NDArray[np.generic], Floats | None], float
]

_BINARY = frozenset({TaskKind.BINARY})
_CLASSES = frozenset({TaskKind.BINARY, TaskKind.MULTICLASS})
_REGRESSION = frozenset({TaskKind.REGRESSION})
_CLUSTERING = frozenset({TaskKind.CLUSTERING})


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to score predictions.

    Attributes:
        name: What users call it.
        kinds: Kinds of task it is meant for.
        greater_is_better: Its direction.
        needs: What `function` takes as predictions: the matrix of probabilities, the one
            column of values, or the label (class code or cluster) of each row.
        function: Takes truth, predictions and weights (or None).
    """

    name: str
    kinds: frozenset[TaskKind]
    greater_is_better: bool
    needs: Literal["probability", "value", "label"]
    function: MetricFunction


def _validity(
    matrix: npt.NDArray[np.generic],
    labels: npt.NDArray[np.generic],
    weight: Floats | None,
) -> float:
    # It brings parts of SciPy that no other task needs, in a third of a second.
    from tabular.clusters.judge import validity_score  # noqa: PLC0415

    return validity_score(matrix, labels, weight)


METRICS = (
    Metric("roc_auc", _CLASSES, True, "probability", classification.roc_auc),
    Metric("log_loss", _CLASSES, False, "probability", classification.log_loss),
    Metric("accuracy", _CLASSES, True, "label", classification.accuracy),
    Metric(
        "balanced_accuracy", _CLASSES, True, "label", classification.balanced_accuracy
    ),
    Metric("f1", _BINARY, True, "label", classification.f1),
    Metric("f1_macro", _CLASSES, True, "label", classification.f1_macro),
    Metric("f1_micro", _CLASSES, True, "label", classification.f1_micro),
    Metric("f1_weighted", _CLASSES, True, "label", classification.f1_weighted),
    Metric(
        "average_precision",
        _BINARY,
        True,
        "probability",
        classification.average_precision,
    ),
    Metric("mcc", _CLASSES, True, "label", classification.mcc),
    Metric("quadratic_kappa", _CLASSES, True, "label", classification.quadratic_kappa),
    Metric("brier", _CLASSES, False, "probability", classification.brier),
    Metric("rmse", _REGRESSION, False, "value", regression.rmse),
    Metric("mae", _REGRESSION, False, "value", regression.mae),
    Metric("r2", _REGRESSION, True, "value", regression.r2),
    Metric("median_ae", _REGRESSION, False, "value", regression.median_ae),
    Metric("mape", _REGRESSION, False, "value", regression.mape),
    Metric("rmsle", _REGRESSION, False, "value", regression.rmsle),
    Metric("pinball", _REGRESSION, False, "value", regression.pinball),
    Metric("validity", _CLUSTERING, True, "label", _validity),
    Metric("silhouette", _CLUSTERING, True, "label", silhouette),
)

_PINBALL = "pinball@"

_DEFAULTS = {
    TaskKind.BINARY: "roc_auc",
    TaskKind.MULTICLASS: "log_loss",
    TaskKind.REGRESSION: "rmse",
    TaskKind.CLUSTERING: "validity",
}


def metric_named(name: str, kind: TaskKind) -> Metric:
    """Look up a metric.

    Args:
        name: One of `METRICS`, `pinball@LEVEL` for another quantile than the median, or
            `FILE.py:function` for the user's own.
        kind: Kind of task.

    Raises:
        TableError: If this kind of task has no metric of that name.
    """
    if is_own_metric(name) and kind is not TaskKind.CLUSTERING:
        return _own_metric(name, kind)
    if name.startswith(_PINBALL) and kind is TaskKind.REGRESSION:
        return _pinball_metric(name)
    metrics = {metric.name: metric for metric in METRICS if kind in metric.kinds}
    if name not in metrics:
        raise TableError(
            f"There is no metric {name!r} for {kind.value} tasks; "
            f"choose one of {', '.join(metrics)}."
        )
    return metrics[name]


def judges_values(name: str | None) -> bool:
    """Tell whether a metric is one of regression alone.

    Args:
        name: What `metric_named` takes, or None for no metric.

    Raises:
        TableError: If a metric of the user's own cannot be loaded.
    """
    if name is None:
        return False
    if is_own_metric(name):
        return own_metric(name).needs == "value"
    of_values = {metric.name for metric in METRICS if metric.kinds == _REGRESSION}
    return name in of_values or name.startswith(_PINBALL)


def _own_metric(name: str, kind: TaskKind) -> Metric:
    own = own_metric(name)
    is_regression = kind is TaskKind.REGRESSION
    needs = own.needs or ("value" if is_regression else "probability")
    if is_regression != (needs == "value"):
        raise TableError(f"{name} needs a {needs}, which a {kind.value} task has not.")
    return Metric(name, frozenset({kind}), own.greater_is_better, needs, own.function)


def quantile_level(name: str) -> float:
    """Which quantile a pinball metric asks for.

    Raises:
        TableError: If the level is not between 0 and 1.
    """
    text = name.removeprefix(_PINBALL)
    try:
        level = 0.5 if text == "pinball" else float(text)
    except ValueError:
        level = float("nan")
    if not 0 < level < 1:
        raise TableError(f"{name!r}: write pinball@0.9 for the 90 % quantile.")
    return level


def _pinball_metric(name: str) -> Metric:
    function = partial(regression.pinball, level=quantile_level(name))
    return Metric(name, _REGRESSION, False, "value", function)


def default_metric(kind: TaskKind) -> Metric:
    """The metric that steers a run unless the user names another."""
    return metric_named(_DEFAULTS[kind], kind)


def score(
    metric: Metric,
    truth: npt.NDArray[np.generic],
    prediction: Floats,
    weight: Floats | None = None,
) -> float:
    """Score predictions.

    Args:
        metric: How to score.
        truth: Class codes or values; for clustering the standardised matrix of features.
        prediction: Class probabilities (rows, classes), or values or cluster labels
            (rows, 1).
        weight: One weight per row, or None.

    Returns:
        The score in the metric's own direction; NaN where the metric is not defined, such
        as roc_auc on rows of one class.
    """
    return metric.function(truth, _needed(metric, prediction), weight)


def gain(metric: Metric, value: float) -> float:
    """A score turned so that greater is better; one that is undefined is the worst."""
    if np.isnan(value):
        return -float(np.finfo(np.float64).max)
    return value if metric.greater_is_better else -value


def _needed(metric: Metric, prediction: Floats) -> npt.NDArray[np.generic]:
    match metric.needs:
        case "probability":
            return prediction
        case "value":
            values: Floats = prediction[:, 0]
            return values
        case "label" if prediction.shape[1] == 1:
            return prediction[:, 0].astype(np.int64)
        case "label":
            return np.asarray(prediction.argmax(axis=1))


def all_scores(
    kind: TaskKind,
    truth: npt.NDArray[np.generic],
    prediction: Floats,
    weight: Floats | None = None,
    asked: Metric | None = None,
) -> dict[str, float]:
    """Score predictions by every metric of the task, and by one that the user asked for."""
    metrics = [metric for metric in METRICS if kind in metric.kinds]
    if asked is not None and asked not in metrics:
        metrics.append(asked)
    return {metric.name: score(metric, truth, prediction, weight) for metric in metrics}


def constant_prediction(
    kind: TaskKind, y_train: npt.NDArray[np.generic], n_classes: int, rows: int
) -> Floats:
    """Predict the same for every row: prior probabilities, the mean, or cluster 0.

    Returns:
        Array of shape (rows, classes) or (rows, 1).
    """
    match kind:
        case TaskKind.BINARY | TaskKind.MULTICLASS:
            counts = np.bincount(y_train.astype(np.int64), minlength=n_classes)
            return np.tile(counts / counts.sum(), (rows, 1))
        case TaskKind.REGRESSION:
            return np.full((rows, 1), y_train.astype(np.float64).mean())
        case TaskKind.CLUSTERING:
            return np.zeros((rows, 1))
