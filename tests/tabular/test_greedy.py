"""Greedy selection: never worse than the best member, and decided by nothing but scores."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.task import TaskKind
from tabular.greedy import greedy_selection
from tabular.metrics import gain, metric_named, score

Floats = npt.NDArray[np.float64]
CASES = [
    ("roc_auc", TaskKind.BINARY),
    ("log_loss", TaskKind.MULTICLASS),
    ("accuracy", TaskKind.MULTICLASS),
    ("rmse", TaskKind.REGRESSION),
]


def pool(
    kind: TaskKind, seed: int, members: int = 6, rows: int = 150
) -> tuple[Floats, npt.NDArray[np.generic]]:
    """Predictions of members that err more and more, and the truth."""
    random = np.random.default_rng(seed)
    spread = np.linspace(0.5, 2, members)[:, None, None]
    if kind is TaskKind.REGRESSION:
        truth = random.normal(size=rows)
        noise = random.normal(size=(members, rows, 1))
        return truth[:, None] + spread * noise, truth
    classes = 2 if kind is TaskKind.BINARY else 4
    codes = np.concatenate(
        [np.arange(classes), random.integers(0, classes, rows - classes)]
    )
    noise = random.normal(size=(members, rows, classes))
    odds = np.exp(np.eye(classes)[codes] + spread * noise)
    return odds / odds.sum(axis=2, keepdims=True), codes


@pytest.mark.parametrize(("name", "kind"), CASES)
@given(seed=st.integers(0, 999))
def test_weights_sum_to_one_and_beat_every_member(
    name: str, kind: TaskKind, seed: int
) -> None:
    predictions, truth = pool(kind, seed)
    metric = metric_named(name, kind)

    weights = greedy_selection(predictions, truth, metric, rounds=8)

    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    combined = np.tensordot(weights, predictions, axes=1)
    alone = [gain(metric, score(metric, truth, p)) for p in predictions]
    together = gain(metric, score(metric, truth, combined))
    assert together >= max(alone) - 2e-6 * abs(max(alone))


@pytest.mark.parametrize(("name", "kind"), [CASES[1], CASES[3]])
@given(seed=st.integers(0, 99))
def test_the_order_of_members_does_not_matter(
    name: str, kind: TaskKind, seed: int
) -> None:
    predictions, truth = pool(kind, seed)
    order = np.random.default_rng(seed).permutation(len(predictions))
    metric = metric_named(name, kind)

    straight = greedy_selection(predictions, truth, metric, rounds=8)
    permuted = greedy_selection(predictions[order], truth, metric, rounds=8)

    assert permuted.tolist() == straight[order].tolist()


def test_equal_members_are_not_both_taken() -> None:
    predictions, truth = pool(TaskKind.BINARY, 0)
    twins = predictions[[0, 0, 0]]

    weights = greedy_selection(twins, truth, metric_named("roc_auc", TaskKind.BINARY))

    assert weights.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_scale_of_the_target_does_not_matter(scale: float) -> None:
    predictions, truth = pool(TaskKind.REGRESSION, 1)
    values = truth.astype(np.float64)
    rmse = metric_named("rmse", TaskKind.REGRESSION)

    weights = greedy_selection(predictions * scale, values * scale, rmse)

    assert weights.tolist() == greedy_selection(predictions, values, rmse).tolist()


def test_an_undefined_metric_chooses_the_first() -> None:
    predictions, _ = pool(TaskKind.BINARY, 0)
    lone = np.zeros(predictions.shape[1], dtype=np.int64)

    weights = greedy_selection(
        predictions, lone, metric_named("roc_auc", TaskKind.BINARY)
    )

    assert weights[0] == 1
