"""Metrics: what scikit-learn says, we say."""

import math
import time

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.metrics import (
    METRICS,
    all_scores,
    constant_prediction,
    default_metric,
    gain,
    judges_values,
    metric_named,
    score,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Case = tuple[Integers, Floats, Floats | None]


@st.composite
def classified(draw: st.DrawFn, classes: int) -> Case:
    """Codes with every class present, probabilities with many ties, weights or none."""
    rows = draw(st.integers(3 * classes, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    truth = np.concatenate([np.arange(classes), random.integers(0, classes, rows)])
    odds = random.integers(1, draw(st.integers(2, 1000)), (len(truth), classes))
    weight = random.uniform(0.1, 3, len(truth)) if draw(st.booleans()) else None
    return truth, odds / odds.sum(axis=1, keepdims=True), weight


@st.composite
def measured(draw: st.DrawFn) -> Case:
    """Values, predictions and weights or none."""
    rows = draw(st.integers(2, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    truth = random.normal(size=rows)
    weight = random.uniform(0.1, 3, rows) if draw(st.booleans()) else None
    return truth, truth + random.normal(size=rows), weight  # type: ignore[return-value]


def matthews(truth: Integers, label: Integers, weight: Floats | None) -> float:
    """scikit-learn's value; for equal labels it is 0 only up to rounded weights."""
    if len(np.unique(label)) == 1:
        return 0.0
    value = reference.matthews_corrcoef(truth, label, sample_weight=weight)
    return float(value)


def averaged_f1(
    truth: Integers, label: Integers, weight: Floats | None
) -> dict[str, float]:
    return {
        f"f1_{average}": reference.f1_score(
            truth, label, sample_weight=weight, average=average
        )
        for average in ("macro", "micro", "weighted")
    }


@given(classified(classes=2))
def test_binary_metrics_agree_with_scikit_learn(case: Case) -> None:
    truth, probability, weight = case
    second, label = probability[:, 1], probability.argmax(axis=1)

    scores = all_scores(TaskKind.BINARY, truth, probability, weight)

    assert scores == pytest.approx(
        {
            "roc_auc": reference.roc_auc_score(truth, second, sample_weight=weight),
            "log_loss": reference.log_loss(truth, probability, sample_weight=weight),
            "accuracy": reference.accuracy_score(truth, label, sample_weight=weight),
            "balanced_accuracy": reference.balanced_accuracy_score(
                truth, label, sample_weight=weight
            ),
            "f1": reference.f1_score(truth, label, sample_weight=weight),
            **averaged_f1(truth, label, weight),
            "quadratic_kappa": reference.cohen_kappa_score(
                truth, label, weights="quadratic", sample_weight=weight
            ),
            "average_precision": reference.average_precision_score(
                truth, second, sample_weight=weight
            ),
            "mcc": matthews(truth, label, weight),
            "brier": reference.brier_score_loss(truth, second, sample_weight=weight),
        }
    )


@given(classified(classes=4))
def test_multiclass_metrics_agree_with_scikit_learn(case: Case) -> None:
    truth, probability, weight = case
    label = probability.argmax(axis=1)

    scores = all_scores(TaskKind.MULTICLASS, truth, probability, weight)

    assert scores == pytest.approx(
        {
            "roc_auc": reference.roc_auc_score(
                truth, probability, sample_weight=weight, multi_class="ovr"
            ),
            "log_loss": reference.log_loss(truth, probability, sample_weight=weight),
            "accuracy": reference.accuracy_score(truth, label, sample_weight=weight),
            "balanced_accuracy": reference.balanced_accuracy_score(
                truth, label, sample_weight=weight
            ),
            **averaged_f1(truth, label, weight),
            "quadratic_kappa": reference.cohen_kappa_score(
                truth, label, weights="quadratic", sample_weight=weight
            ),
            "mcc": matthews(truth, label, weight),
            "brier": reference.brier_score_loss(
                truth, probability, sample_weight=weight
            ),
        }
    )


@given(measured())
def test_regression_metrics_agree_with_scikit_learn(case: Case) -> None:
    truth, value, weight = case

    scores = all_scores(TaskKind.REGRESSION, truth, value[:, None], weight)

    assert scores == pytest.approx(
        {
            "rmse": reference.root_mean_squared_error(
                truth, value, sample_weight=weight
            ),
            "mae": reference.mean_absolute_error(truth, value, sample_weight=weight),
            "r2": reference.r2_score(truth, value, sample_weight=weight),
            "median_ae": reference.median_absolute_error(
                truth, value, sample_weight=weight
            ),
            "mape": reference.mean_absolute_percentage_error(
                truth, value, sample_weight=weight
            ),
            "rmsle": pytest.approx(math.nan, nan_ok=True)
            if truth.min() < 0
            else reference.root_mean_squared_log_error(
                truth, np.maximum(value, 0), sample_weight=weight
            ),
            "pinball": reference.mean_pinball_loss(truth, value, sample_weight=weight),
        }
    )


def test_absent_classes_are_skipped_and_a_lone_class_is_undefined() -> None:
    probability = np.array([[0.6, 0.2, 0.2], [0.3, 0.5, 0.2], [0.2, 0.6, 0.2]])
    auc = metric_named("roc_auc", TaskKind.MULTICLASS)

    assert score(auc, np.array([0, 1, 1]), probability) == 1.0
    assert math.isnan(score(auc, np.array([0, 0, 0]), probability))
    binary = metric_named("roc_auc", TaskKind.BINARY)
    assert math.isnan(score(binary, np.array([1, 1, 1]), probability[:, :2]))
    assert gain(auc, math.nan) < gain(auc, 0.0)


def test_without_a_positive_row_average_precision_is_undefined() -> None:
    precision = metric_named("average_precision", TaskKind.BINARY)

    assert math.isnan(score(precision, np.array([0, 0]), np.full((2, 2), 0.5)))


@given(st.integers(0, 999))
def test_equal_labels_correlate_with_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    truth, weight = random.integers(0, 3, 40), random.uniform(0.1, 3, 40)
    mcc = metric_named("mcc", TaskKind.MULTICLASS)

    assert score(mcc, truth, np.full((40, 3), 1 / 3), weight) == 0.0


@given(st.integers(0, 999), st.floats(0.05, 0.95))
def test_pinball_and_logarithmic_errors_agree_with_scikit_learn(
    seed: int, level: float
) -> None:
    random = np.random.default_rng(seed)
    truth, value = random.exponential(size=30), random.exponential(size=(30, 1))

    pinball = metric_named(f"pinball@{level}", TaskKind.REGRESSION)
    rmsle = metric_named("rmsle", TaskKind.REGRESSION)

    assert score(pinball, truth, value) == pytest.approx(
        reference.mean_pinball_loss(truth, value[:, 0], alpha=level)
    )
    assert score(rmsle, truth, value) == pytest.approx(
        reference.root_mean_squared_log_error(truth, value[:, 0])
    )
    assert math.isnan(score(rmsle, -truth, value))


@pytest.mark.parametrize("name", ["pinball@", "pinball@1.5", "pinball@x"])
def test_a_quantile_lies_between_none_and_all(name: str) -> None:
    with pytest.raises(TableError, match="write pinball"):
        metric_named(name, TaskKind.REGRESSION)


def test_mistakes_far_off_cost_more_than_near_ones() -> None:
    kappa = metric_named("quadratic_kappa", TaskKind.MULTICLASS)
    truth, near, far = np.array([0, 1, 2]), np.eye(3)[[1, 1, 2]], np.eye(3)[[2, 1, 2]]

    assert score(kappa, truth, np.eye(3)) == 1
    assert score(kappa, truth, near) > score(kappa, truth, far)
    assert score(kappa, np.array([0, 0, 0]), np.eye(3)[[0, 0, 0]]) == 0


def test_a_certain_mistake_costs_much_but_not_everything() -> None:
    loss = metric_named("log_loss", TaskKind.BINARY)

    assert 30 < score(loss, np.array([0]), np.array([[0.0, 1.0]])) < 40


def test_an_unknown_metric_is_answered_with_the_list() -> None:
    with pytest.raises(TableError, match="choose one of rmse, mae, r2"):
        metric_named("roc_auc", TaskKind.REGRESSION)


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("rmse", True),
        ("pinball", True),
        ("pinball@0.9", True),
        ("log_loss", False),
        ("f1", False),
        ("silhouette", False),
        ("unknown", False),
        (None, False),
    ],
)
def test_metrics_of_regression_alone_judge_values(
    name: str | None, *, is_so: bool
) -> None:
    assert judges_values(name) is is_so


@pytest.mark.parametrize("kind", list(TaskKind))
def test_defaults_exist_and_fit_their_kind(kind: TaskKind) -> None:
    assert kind in default_metric(kind).kinds
    assert default_metric(kind) in METRICS


def test_constant_predictions_are_priors_or_means() -> None:
    prior = constant_prediction(TaskKind.MULTICLASS, np.array([0, 0, 1, 1]), 3, 2)
    mean = constant_prediction(TaskKind.REGRESSION, np.array([1.0, 3.0]), 0, 3)

    assert prior.tolist() == [[0.5, 0.5, 0.0]] * 2
    assert mean.tolist() == [[2.0]] * 3


def test_the_area_under_the_curve_is_fast() -> None:
    random = np.random.default_rng(0)
    truth, second = random.integers(0, 2, 10_000), random.uniform(size=10_000)
    probability = np.stack([1 - second, second], axis=1)
    metric = metric_named("roc_auc", TaskKind.BINARY)

    started = time.process_time()
    for _ in range(100):
        score(metric, truth, probability)

    assert time.process_time() - started < 1.0
