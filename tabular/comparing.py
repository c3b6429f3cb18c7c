"""Compares strategies on folds that they were not fitted on, and the comparison likewise.

A strategy is scored on each part of the rows when it was fitted on the others. The choice
between strategies is a fit as well, so for the nested estimate the whole comparison is
repeated without the part that is scored: no label takes part in its own row's prediction.
A part is one fold, or two where folds are many; scores are always those of single folds.
"""

from collections.abc import Mapping
from typing import get_args

import numpy as np
import numpy.typing as npt

from schemas.ensemble import FittedStrategy, Strategy
from tabular.applying import apply_combination
from tabular.metrics import Metric
from tabular.out_of_fold import OutOfFold, Problem, sampled
from tabular.strategies import (
    FittableStrategy,
    best_members,
    fit_strategy,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LeftOut = frozenset[int]

_FITTED_ROWS = 3_000
_RELATIVE_GAIN = 0.002
_FITTABLE: tuple[FittableStrategy, ...] = get_args(FittableStrategy)


class Comparison:
    """Strategies on the same rows; every fit is made once.

    Args:
        rows: Out-of-fold rows in at least three folds.
        problem: What is to be improved.
        strategies: What is compared, the default first.
        rivals: Predictions (rows, columns) of strategies that are not fitted here; each row
            was predicted by something that had not seen its label.
        suggested: A strategy that needs no margin to win, or None.
    """

    def __init__(
        self,
        rows: OutOfFold,
        problem: Problem,
        strategies: tuple[Strategy, ...],
        rivals: Mapping[Strategy, Floats],
        suggested: Strategy | None = None,
    ) -> None:
        self._problem = problem
        self._strategies = strategies
        self._suggested = suggested
        self._all = rows
        self._part = rows.parts()
        self.parts = tuple(int(part) for part in np.unique(self._part))
        self._rows = {part: rows.take(self._part == part) for part in self.parts}
        self._rivals: dict[tuple[Strategy, int], Floats] = {
            (name, part): predicted[self._part == part]
            for name, predicted in rivals.items()
            for part in self.parts
        }
        self._best: dict[LeftOut, Integers] = {}
        self._fits: dict[tuple[FittableStrategy, LeftOut], FittedStrategy] = {}
        self._scores: dict[tuple[Strategy, LeftOut], Floats] = {}

    def scores(self, strategy: Strategy, left_out: LeftOut = frozenset()) -> Floats:
        """Score on each fold of the parts that are not left out.

        What scores a part was fitted on all others that are not left out either.
        """
        if (strategy, left_out) not in self._scores:
            self._scores[strategy, left_out] = np.concatenate(
                [
                    self._scored(part, self._predict(strategy, part, left_out | {part}))
                    for part in self.parts
                    if part not in left_out
                ]
            )
        return self._scores[strategy, left_out]

    def winner(self, left_out: LeftOut = frozenset()) -> Strategy:
        """The default, unless another one is better by more than chance and by enough."""
        default, *others = self._strategies
        if not others:
            return default
        base = self.scores(default, left_out)
        best, best_gain = default, 0.0
        for name in others:
            gains = self._sign * (self.scores(name, left_out) - base)
            margin = max(standard_error(gains), _RELATIVE_GAIN * abs(mean(base)))
            needed = 0.0 if name == self._suggested else margin
            # A comparison is False where a score is undefined, and the default stays.
            if needed < mean(gains) > best_gain:
                best, best_gain = name, mean(gains)
        return best

    def nested_prediction(self, part: int) -> Floats:
        """What this part's rows get if nothing that was chosen or fitted saw their labels."""
        left_out = frozenset({part})
        return self._predict(self.winner(left_out), part, left_out)

    def nested_scores(self) -> Floats:
        """Score of the nested prediction on each fold."""
        return np.concatenate(
            [self._scored(part, self.nested_prediction(part)) for part in self.parts]
        )

    def _scored(self, part: int, predicted: Floats) -> Floats:
        return fold_scores(self._rows[part], predicted, self._problem.metric)

    @property
    def _sign(self) -> float:
        return 1.0 if self._problem.metric.greater_is_better else -1.0

    def _predict(self, strategy: Strategy, part: int, left_out: LeftOut) -> Floats:
        for fittable in _FITTABLE:
            if fittable == strategy:
                fitted = self._fit(fittable, left_out)
                return apply_combination(fitted, self._rows[part].predictions)
        return self._rivals[strategy, part]

    def _fit(self, strategy: FittableStrategy, left_out: LeftOut) -> FittedStrategy:
        if (strategy, left_out) not in self._fits:
            kept = np.flatnonzero(~np.isin(self._part, list(left_out)))
            rows = self._all.take(kept[sampled(len(kept), _FITTED_ROWS)])
            if left_out not in self._best:
                self._best[left_out] = best_members(rows, self._problem)
            self._fits[strategy, left_out] = fit_strategy(
                strategy, rows, self._problem, self._best[left_out]
            )
        return self._fits[strategy, left_out]


def fold_scores(rows: OutOfFold, predicted: Floats, metric: Metric) -> Floats:
    """Score of predictions (rows, columns) on each fold."""
    scores = []
    for fold in np.unique(rows.folds):
        own = rows.folds == fold
        scores.append(rows.take(own).score(metric, predicted[own]))
    return np.array(scores)


def mean(scores: Floats) -> float:
    """Mean over the folds for which the score is defined."""
    defined = scores[~np.isnan(scores)]
    return float(defined.mean()) if defined.size else float("nan")


def standard_error(scores: Floats) -> float:
    """Standard error of that mean; 0 for a single fold."""
    defined: Floats = scores[~np.isnan(scores)]
    if defined.size <= 1:
        return 0.0
    return float(defined.std(ddof=1) / np.sqrt(defined.size))
