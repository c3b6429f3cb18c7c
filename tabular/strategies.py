"""Strategies: how predictions of several members become one, fitted on out-of-fold rows."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from schemas.ensemble import (
    FittedStrategy,
    HardVote,
    LinearStack,
    Strategy,
    WeightedAverage,
)
from tabular.class_weights import fit_class_weights
from tabular.greedy import greedy_selection
from tabular.metrics import gain
from tabular.out_of_fold import OutOfFold, Problem
from tabular.rank_average import fit_rank_average
from tabular.stacking import fit_stack
from tabular.temperature import fit_temperature

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FittableStrategy = Literal[
    "greedy", "best", "voting", "hard_voting", "rank_average", "stacking"
]
"""Strategies that need nothing but the members' predictions."""

MIN_STACKING_ROWS = 2000
VOTERS = 5
MOST_MEMBERS = 25
"""More than the best so many are never weighed: they cost time and bring only chance."""
MOST_STACKED = 10
_RANKING_METRICS = frozenset({"roc_auc", "average_precision"})
_CALIBRATED_METRICS = frozenset({"log_loss", "brier"})


def fit_strategy(
    strategy: FittableStrategy,
    rows: OutOfFold,
    problem: Problem,
    best: Integers | None = None,
) -> FittedStrategy:
    """Fit a strategy.

    Args:
        strategy: Which one.
        rows: What it may look at, labels included.
        problem: What it is for.
        best: What `best_members` says of these rows, if that is known already.
    """
    best = best_members(rows, problem) if best is None else best
    members = len(rows.predictions)
    match strategy:
        case "greedy":
            weights = _greedy_weights(best[:MOST_MEMBERS], rows, problem)
            return WeightedAverage(
                strategy="greedy",
                weights=tuple(weights.tolist()),
                temperature=_temperature(weights, rows, problem),
                class_weights=_class_weights(weights, rows, problem),
            )
        case "best":
            return _average("best", _shares(best[:1], members), rows, problem)
        case "voting":
            return _average("voting", _shares(best[:VOTERS], members), rows, problem)
        case "hard_voting":
            return HardVote(weights=_shares(best[:VOTERS], members))
        case "rank_average":
            shares = _shares(best[:VOTERS], members)
            return fit_rank_average(rows.predictions, np.array(shares))
        case "stacking":
            return _fit_stack(best[:MOST_STACKED], rows, problem)


def strategies_for(rows: OutOfFold, problem: Problem) -> tuple[Strategy, ...]:
    """The strategies that are worth comparing on these rows, the default first.

    Stacking needs many rows; hard votes only matter where labels are scored, and ranks
    only where the order of rows is.
    """
    if len(rows.predictions) == 1:
        return ("best",)
    chosen: list[Strategy] = ["greedy", "best", "voting"]
    if problem.metric.needs == "label":
        chosen.append("hard_voting")
    if problem.metric.name in _RANKING_METRICS:
        chosen.append("rank_average")
    if len(rows.truth) >= MIN_STACKING_ROWS:
        chosen.append("stacking")
    return tuple(chosen)


def best_members(rows: OutOfFold, problem: Problem) -> Integers:
    """Indices of the members, the best on these rows first, equal ones in their order."""
    gains = [
        gain(problem.metric, rows.score(problem.metric, prediction))
        for prediction in rows.predictions
    ]
    return np.argsort(-np.array(gains), kind="stable")


def _shares(chosen: Integers, members: int) -> tuple[float, ...]:
    """Equal weights for the chosen ones."""
    weights = np.zeros(members)
    weights[chosen] = 1 / len(chosen)
    return tuple(weights.tolist())


def _greedy_weights(few: Integers, rows: OutOfFold, problem: Problem) -> Floats:
    few = np.sort(few)
    weights = np.zeros(len(rows.predictions))
    weights[few] = greedy_selection(
        rows.predictions[few], rows.truth, problem.metric, weight=rows.weight
    )
    return weights


def _average(
    strategy: Literal["best", "voting"],
    shares: tuple[float, ...],
    rows: OutOfFold,
    problem: Problem,
) -> WeightedAverage:
    weights = _class_weights(np.array(shares), rows, problem)
    return WeightedAverage(strategy=strategy, weights=shares, class_weights=weights)


def _class_weights(
    weights: Floats, rows: OutOfFold, problem: Problem
) -> tuple[float, ...]:
    """What classes count, for metrics that score labels."""
    if problem.metric.needs != "label" or problem.n_classes == 0:
        return ()
    mean = np.tensordot(weights, rows.predictions, axes=1)
    return fit_class_weights(mean, rows, problem)


def _temperature(weights: Floats, rows: OutOfFold, problem: Problem) -> float:
    """How sure the average may be, for metrics that ask for it."""
    if problem.metric.name not in _CALIBRATED_METRICS:
        return 1.0
    mean = np.tensordot(weights, rows.predictions, axes=1)
    return fit_temperature(mean, rows.truth, rows.weight)


def _fit_stack(few: Integers, rows: OutOfFold, problem: Problem) -> LinearStack:
    few = np.sort(few)
    stack = fit_stack(
        rows.predictions[few],
        rows.truth,
        problem.kind,
        problem.n_classes,
        rows.weight,
    )
    coefficients = np.zeros(len(rows.predictions))
    coefficients[few] = stack.coefficients
    return stack.model_copy(update={"coefficients": tuple(coefficients.tolist())})
