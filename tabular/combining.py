"""Combine the members' predictions, and choose how, honestly, from out-of-fold rows.

Arrays of predictions have the shape (members, rows, columns); columns are the classes, or
one value.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from schemas.ensemble import LinearStack, WeightedAverage
from schemas.task import TaskKind
from tabular.greedy import greedy_selection
from tabular.metrics import Metric, gain, score
from tabular.stacking import apply_stack, fit_stack

__all__ = [
    "ChosenCombination",
    "apply_combination",
    "choose_combination",
    "fit_stack",
    "greedy_selection",
]

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Supervised = WeightedAverage | LinearStack
Strategy = Literal["greedy", "best", "voting", "stacking"]

MIN_STACKING_ROWS = 2000
_CHOOSING_ROWS = 20_000
_VOTERS = 5
_RELATIVE_GAIN = 0.002
_PARTS_OF_ONE_FOLD = 5
_SEED = 20242


@dataclass(frozen=True, slots=True)
class ChosenCombination:
    """A combination with what it is worth.

    Attributes:
        combination: How the predictions become one.
        score: Mean over the folds of the combined out-of-fold predictions.
        standard_error: Standard error of that mean; 0 for a single fold.
        nested: The mean over folds where the combination was fitted on the other folds;
            None unless it was asked for.
        considered: Strategies that were compared, as (name, nested score).
    """

    combination: Supervised
    score: float
    standard_error: float
    nested: float | None = None
    considered: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Out-of-fold rows with what is known of them."""

    predictions: Floats
    truth: Array
    folds: Integers
    weight: Floats | None

    def take(self, rows: Array) -> "_Rows":
        """Keep some rows, by indices or a mask."""
        weight = None if self.weight is None else self.weight[rows]
        return _Rows(
            self.predictions[:, rows], self.truth[rows], self.folds[rows], weight
        )


@dataclass(frozen=True, slots=True)
class _Problem:
    """What a combination is for."""

    metric: Metric
    kind: TaskKind
    n_classes: int


def apply_combination(combination: Supervised, predictions: Floats) -> Floats:
    """Combine predictions (members, rows, columns) into one array (rows, columns)."""
    match combination:
        case WeightedAverage():
            return np.tensordot(np.array(combination.weights), predictions, axes=1)
        case LinearStack():
            return apply_stack(combination, predictions)


def choose_combination(
    predictions: Floats,
    truth: Array,
    folds: Integers,
    metric: Metric,
    kind: TaskKind,
    n_classes: int,
    weight: Floats | None = None,
    is_final: bool = False,
) -> ChosenCombination:
    """Choose a combination of out-of-fold predictions.

    Greedy selection is the default. In the final choice, every strategy is fitted on all
    folds but one and scored on that one, in turn; another strategy wins only if its mean
    gain over greedy selection exceeds one standard error and 0.2 %.

    Args:
        predictions: Out-of-fold predictions (members, rows, columns); rows that some
            member lacks are left out beforehand.
        truth: Class codes or values of these rows.
        folds: Fold of each row.
        metric: What to improve.
        kind: Kind of task, not clustering.
        n_classes: Number of classes; not used for regression.
        weight: One weight per row, or None.
        is_final: Compare strategies and measure the nested score; takes several times as
            long. At most 20,000 rows are used for fitting.
    """
    problem = _Problem(metric, kind, n_classes)
    rows = _Rows(predictions, truth, folds, weight)
    sample = _with_parts(rows.take(_sampled(len(truth))))
    strategies = _strategies(sample)
    if not is_final:
        return _measured(_fit(strategies[0], sample, problem), rows, metric)
    nested = {name: _nested_scores(name, sample, problem) for name in strategies}
    winner = _winner(nested, metric)
    chosen = _measured(_fit(winner, sample, problem), rows, metric)
    considered = tuple((name, _mean(scores)) for name, scores in nested.items())
    return replace(chosen, nested=_mean(nested[winner]), considered=considered)


def _sampled(rows: int) -> Integers:
    if rows <= _CHOOSING_ROWS:
        return np.arange(rows)
    random = np.random.default_rng(_SEED)
    return np.sort(random.choice(rows, _CHOOSING_ROWS, replace=False))


def _strategies(rows: _Rows) -> tuple[Strategy, ...]:
    """The strategies that these rows allow, the default first."""
    if len(rows.predictions) == 1:
        return ("best",)
    if len(rows.truth) < MIN_STACKING_ROWS:
        return ("greedy", "best", "voting")
    return ("greedy", "best", "voting", "stacking")


def _fit(strategy: Strategy, rows: _Rows, problem: _Problem) -> Supervised:
    if strategy == "stacking":
        return fit_stack(
            rows.predictions, rows.truth, problem.kind, problem.n_classes, rows.weight
        )
    weights = _weights(strategy, rows, problem.metric)
    return WeightedAverage(strategy=strategy, weights=tuple(weights.tolist()))


def _weights(
    strategy: Literal["greedy", "best", "voting"], rows: _Rows, metric: Metric
) -> Floats:
    match strategy:
        case "greedy":
            return greedy_selection(
                rows.predictions, rows.truth, metric, weight=rows.weight
            )
        case "best":
            return _equal_shares(1, rows, metric)
        case "voting":
            return _equal_shares(_VOTERS, rows, metric)


def _equal_shares(count: int, rows: _Rows, metric: Metric) -> Floats:
    """Equal weights for the best members, at most `count`."""
    gains = [
        gain(metric, score(metric, rows.truth, prediction, rows.weight))
        for prediction in rows.predictions
    ]
    top = np.argsort(-np.array(gains), kind="stable")[:count]
    weights = np.zeros(len(gains))
    weights[top] = 1 / len(top)
    return weights


def _fold_scores(combination: Supervised, rows: _Rows, metric: Metric) -> Floats:
    combined = apply_combination(combination, rows.predictions)
    scores = []
    for fold in np.unique(rows.folds):
        own = rows.folds == fold
        weight = None if rows.weight is None else rows.weight[own]
        scores.append(score(metric, rows.truth[own], combined[own], weight))
    return np.array(scores)


def _nested_scores(strategy: Strategy, rows: _Rows, problem: _Problem) -> Floats:
    """What the strategy scores on each fold when it is fitted on the others."""
    scores = []
    for fold in np.unique(rows.folds):
        own = rows.folds == fold
        combination = _fit(strategy, rows.take(~own), problem)
        scores.append(_fold_scores(combination, rows.take(own), problem.metric)[0])
    return np.array(scores)


def _with_parts(rows: _Rows) -> _Rows:
    """One fold alone is cut into parts, so that strategies can be compared on it."""
    if len(np.unique(rows.folds)) > 1:
        return rows
    random = np.random.default_rng(_SEED)
    parts = random.permutation(len(rows.truth)) % _PARTS_OF_ONE_FOLD
    return _Rows(rows.predictions, rows.truth, parts, rows.weight)


def _winner(nested: dict[Strategy, Floats], metric: Metric) -> Strategy:
    """The default, unless another one is better by more than chance and by enough."""
    default, *others = nested
    base = nested[default]
    sign = 1.0 if metric.greater_is_better else -1.0
    best, best_gain = default, 0.0
    for name in others:
        gains = sign * (nested[name] - base)
        needed = max(_standard_error(gains), _RELATIVE_GAIN * abs(_mean(base)))
        # A comparison is False where a score is undefined, and the default stays.
        if needed < _mean(gains) > best_gain:
            best, best_gain = name, _mean(gains)
    return best


def _measured(
    combination: Supervised, rows: _Rows, metric: Metric
) -> ChosenCombination:
    scores = _fold_scores(combination, rows, metric)
    return ChosenCombination(combination, _mean(scores), _standard_error(scores))


def _mean(scores: Floats) -> float:
    """Mean over the folds for which the score is defined."""
    defined = scores[~np.isnan(scores)]
    return float(defined.mean()) if defined.size else float("nan")


def _standard_error(scores: Floats) -> float:
    defined = scores[~np.isnan(scores)]
    if defined.size <= 1:
        return 0.0
    return float(defined.std(ddof=1) / np.sqrt(defined.size))
