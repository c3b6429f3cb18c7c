"""Stacking: finds what there is, stays regular where there is nothing."""

import numpy as np
import pytest

from schemas.task import TaskKind
from tabular.applying import apply_stack
from tabular.metrics import metric_named, score
from tabular.stacking import fit_stack


def test_values_get_the_coefficients_they_were_made_with() -> None:
    random = np.random.default_rng(0)
    members = random.normal(size=(3, 5000))
    truth = 0.7 * members[0] + 0.3 * members[1] + 2

    stack = fit_stack(members[:, :, None], truth, TaskKind.REGRESSION, 0)

    assert stack.coefficients == pytest.approx((0.7, 0.3, 0.0), abs=0.02)
    assert stack.intercepts == pytest.approx((2.0,), abs=0.05)
    combined = apply_stack(stack, members[:, :, None])
    assert combined.shape == (5000, 1)
    assert combined[:, 0] == pytest.approx(truth, abs=0.1)


def test_a_member_that_is_wrong_gets_no_negative_coefficient() -> None:
    random = np.random.default_rng(1)
    truth = random.normal(size=500)
    members = np.stack([truth + random.normal(size=500), -truth])

    stack = fit_stack(members[:, :, None], truth, TaskKind.REGRESSION, 0)

    assert min(stack.coefficients) == 0.0


@pytest.mark.parametrize("classes", [2, 5])
def test_classes_are_calibrated_and_the_useless_member_is_passed_over(
    classes: int,
) -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, classes, 4000)
    signal = np.eye(classes)[truth] * 2 + random.normal(0, 1, (4000, classes))
    noise = random.normal(0, 2, (4000, classes))
    # The first member is right but timid, the second one is loud and knows nothing.
    logits = np.stack([0.2 * signal, noise])
    members = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    loss = metric_named("log_loss", TaskKind.MULTICLASS)

    stack = fit_stack(members, truth, TaskKind.MULTICLASS, classes)
    combined = apply_stack(stack, members)

    assert stack.coefficients[1] < 0.1 * stack.coefficients[0]
    assert len(stack.intercepts) == classes
    assert combined.sum(axis=1) == pytest.approx(np.ones(4000))
    assert score(loss, truth, combined) < 0.8 * score(loss, truth, members[0])


def test_weights_weigh_rows() -> None:
    random = np.random.default_rng(3)
    truth = random.normal(size=400)
    members = np.stack([truth, random.normal(size=400)])
    members[:, 200:] = members[::-1, 200:]
    weight = np.repeat([1.0, 0.0], 200)

    stack = fit_stack(members[:, :, None], truth, TaskKind.REGRESSION, 0, weight)

    assert stack.coefficients[0] > 0.95


def test_certain_probabilities_stay_finite() -> None:
    truth = np.array([0, 1] * 50)
    members = np.stack([np.eye(2)[truth], np.eye(2)[1 - truth]])

    combined = apply_stack(fit_stack(members, truth, TaskKind.BINARY, 2), members)

    assert np.isfinite(combined).all()
    assert (combined.argmax(axis=1) == truth).all()
