"""Every strategy, for every kind of task, on arrays."""

from typing import get_args

import numpy as np
import pytest

from schemas.task import TaskKind
from tabular.applying import apply_combination
from tabular.metrics import default_metric, metric_named
from tabular.out_of_fold import OutOfFold, Problem
from tabular.strategies import (
    MOST_MEMBERS,
    FittableStrategy,
    best_members,
    fit_strategy,
    strategies_for,
)

KINDS = [TaskKind.BINARY, TaskKind.MULTICLASS, TaskKind.REGRESSION]
CLASSES = {TaskKind.BINARY: 2, TaskKind.MULTICLASS: 4, TaskKind.REGRESSION: 0}


def pool_of(
    kind: TaskKind, rows: int = 600, members: int = 6, seed: int = 0
) -> OutOfFold:
    """Members that know the truth in part; later ones know less."""
    random = np.random.default_rng(seed)
    folds = np.arange(rows) % 4
    noise = 1 + 0.4 * np.arange(members)[:, None, None]
    if kind is TaskKind.REGRESSION:
        truth = random.normal(size=rows)
        said = truth[:, None] + noise * random.normal(size=(members, rows, 1))
        return OutOfFold(said, truth, folds, None)
    codes = random.integers(0, CLASSES[kind], rows)
    logits = 2 * np.eye(CLASSES[kind])[codes]
    logits = logits + noise * random.normal(size=(members, rows, CLASSES[kind]))
    odds = np.exp(logits)
    return OutOfFold(odds / odds.sum(axis=2, keepdims=True), codes, folds, None)


def problem_of(kind: TaskKind, metric: str | None = None) -> Problem:
    chosen = metric_named(metric, kind) if metric else default_metric(kind)
    return Problem(chosen, kind, CLASSES[kind])


@pytest.mark.parametrize("strategy", get_args(FittableStrategy))
@pytest.mark.parametrize("kind", KINDS)
def test_every_strategy_answers_every_kind_of_task(
    strategy: FittableStrategy, kind: TaskKind
) -> None:
    rows, problem = pool_of(kind), problem_of(kind)

    fitted = fit_strategy(strategy, rows, problem)
    answer = apply_combination(fitted, rows.predictions)

    assert fitted.strategy == strategy
    assert answer.shape == rows.predictions.shape[1:]
    assert np.isfinite(answer).all()
    if kind is not TaskKind.REGRESSION:
        assert answer.min() >= 0
        assert answer.sum(axis=1) == pytest.approx(1.0)
    sign = 1 if problem.metric.greater_is_better else -1
    poorest = rows.score(problem.metric, rows.predictions[-1])
    assert sign * rows.score(problem.metric, answer) > sign * poorest


def test_strategies_are_really_different() -> None:
    rows, problem = pool_of(TaskKind.BINARY), problem_of(TaskKind.BINARY)

    answers = [
        apply_combination(fit_strategy(name, rows, problem), rows.predictions)
        for name in get_args(FittableStrategy)
    ]

    for number, one in enumerate(answers):
        for other in answers[:number]:
            assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize(
    ("kind", "metric", "more"),
    [
        (TaskKind.BINARY, "roc_auc", {"rank_average"}),
        (TaskKind.BINARY, "accuracy", {"hard_voting"}),
        (TaskKind.MULTICLASS, "log_loss", set()),
        (TaskKind.REGRESSION, "rmse", set()),
    ],
)
def test_what_is_compared_depends_on_the_metric(
    kind: TaskKind, metric: str, more: set[str]
) -> None:
    names = strategies_for(pool_of(kind), problem_of(kind, metric))

    assert names[0] == "greedy"
    assert set(names) == {"greedy", "best", "voting"} | more


def test_stacking_is_compared_only_where_rows_are_many() -> None:
    problem = problem_of(TaskKind.REGRESSION)

    assert "stacking" in strategies_for(pool_of(TaskKind.REGRESSION, 2000), problem)
    assert "stacking" not in strategies_for(pool_of(TaskKind.REGRESSION), problem)


def test_one_member_alone_is_the_best() -> None:
    rows = pool_of(TaskKind.BINARY, members=1)

    assert strategies_for(rows, problem_of(TaskKind.BINARY)) == ("best",)


@pytest.mark.parametrize("strategy", ["greedy", "stacking"])
def test_of_many_members_only_the_best_are_weighed(strategy: FittableStrategy) -> None:
    rows = pool_of(TaskKind.REGRESSION, 300, members=MOST_MEMBERS + 5)

    fitted = fit_strategy(strategy, rows, problem_of(TaskKind.REGRESSION))

    numbers = getattr(fitted, "weights", ()) or getattr(fitted, "coefficients", ())
    assert len(numbers) == MOST_MEMBERS + 5
    poorest = best_members(rows, problem_of(TaskKind.REGRESSION))[MOST_MEMBERS:]
    assert {numbers[index] for index in poorest} == {0.0}
