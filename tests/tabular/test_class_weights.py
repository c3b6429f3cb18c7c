"""Classes are weighed where labels are scored, and only where it pays."""

import numpy as np
import numpy.typing as npt
import pytest

from schemas.task import TaskKind
from tabular.applying import apply_combination, tilted
from tabular.class_weights import FEWEST_ROWS, fit_class_weights
from tabular.metrics import metric_named
from tabular.out_of_fold import OutOfFold, Problem
from tabular.strategies import FittableStrategy, fit_strategy

Floats = npt.NDArray[np.float64]


def drawn(rows: int, classes: int, seed: int) -> OutOfFold:
    """One member that says the true shares, the first class by far the most frequent."""
    random = np.random.default_rng(seed)
    logits = 1.5 * random.normal(size=(rows, classes))
    logits[:, 0] += 2.5
    odds = np.exp(logits)
    shares = odds / odds.sum(axis=1, keepdims=True)
    truth = (shares.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1)
    return OutOfFold(shares[None], truth, np.arange(rows) % 5, None)


def problem(metric: str, classes: int) -> Problem:
    kind = TaskKind.BINARY if classes == 2 else TaskKind.MULTICLASS
    return Problem(metric_named(metric, kind), kind, classes)


def names_of(classes: int) -> tuple[str, ...]:
    return ("balanced_accuracy", "f1_macro" if classes > 2 else "f1", "mcc")


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_unseen_rows_are_labelled_better(classes: int, place: int) -> None:
    asked = problem(names_of(classes)[place], classes)
    rows, fresh = drawn(3000, classes, 0), drawn(20_000, classes, 1)

    weights = fit_class_weights(rows.predictions[0], rows, asked)

    assert weights
    before = fresh.score(asked.metric, fresh.predictions[0])
    after = fresh.score(asked.metric, tilted(fresh.predictions[0], weights))
    assert after > before + 0.003


def test_balanced_accuracy_of_calibrated_shares_is_served_by_the_prior() -> None:
    rows = drawn(3000, 2, 2)
    prior = rows.predictions[0].mean(axis=0)

    weights = fit_class_weights(
        rows.predictions[0], rows, problem("balanced_accuracy", 2)
    )

    assert weights[1] / weights[0] == pytest.approx(prior[0] / prior[1], rel=0.5)


@pytest.mark.parametrize("classes", [2, 4])
def test_accuracy_of_calibrated_shares_needs_next_to_nothing(classes: int) -> None:
    asked, fresh = problem("accuracy", classes), drawn(20_000, classes, 1)
    for seed in range(5):
        rows = drawn(1000, classes, seed)
        weights = fit_class_weights(rows.predictions[0], rows, asked)
        said = tilted(fresh.predictions[0], weights or [1.0] * classes)
        loss = fresh.score(asked.metric, fresh.predictions[0]) - fresh.score(
            asked.metric, said
        )
        assert loss < 0.01


def test_few_rows_and_many_classes_stay_as_they_are() -> None:
    few, many = drawn(FEWEST_ROWS - 1, 2, 0), drawn(500, 12, 0)

    assert fit_class_weights(few.predictions[0], few, problem("f1", 2)) == ()
    assert fit_class_weights(many.predictions[0], many, problem("f1_macro", 12)) == ()


@pytest.mark.parametrize("strategy", ["greedy", "best", "voting"])
def test_averages_weigh_classes_only_where_labels_are_scored(
    strategy: FittableStrategy,
) -> None:
    rows = drawn(1000, 2, 0)

    labels = fit_strategy(strategy, rows, problem("balanced_accuracy", 2))
    chances = fit_strategy(strategy, rows, problem("roc_auc", 2))

    assert labels.kind == chances.kind == "average"
    assert labels.class_weights
    assert chances.class_weights == ()
    answer = apply_combination(labels, rows.predictions)
    assert answer.sum(axis=1) == pytest.approx(1)
    # The order of rows is the same, so that nothing is lost but the scale.
    assert (answer[:, 1].argsort() == rows.predictions[0][:, 1].argsort()).all()
