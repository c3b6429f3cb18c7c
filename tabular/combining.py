"""Choose how the members' predictions become one, honestly, from out-of-fold rows.

Arrays of predictions have the shape (members, rows, columns); columns are the classes, or
one value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

import numpy as np
import numpy.typing as npt

from schemas.ensemble import FittedStrategy, Strategy, StrategyChoice
from schemas.task import TaskKind
from tabular.applying import apply_combination
from tabular.comparing import Comparison, fold_scores, mean, standard_error
from tabular.metrics import Metric
from tabular.out_of_fold import OutOfFold, Problem, sampled
from tabular.strategies import (
    FittableStrategy,
    fit_strategy,
    strategies_for,
)

__all__ = [
    "ChosenCombination",
    "apply_combination",
    "choose_combination",
]

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CHOOSING_ROWS = 10_000
_NO_RIVALS: Mapping[Strategy, Floats] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ChosenCombination:
    """A combination with what it is worth.

    Attributes:
        strategy: The strategy that was chosen.
        combination: How the predictions become one; None if a rival was chosen, whose
            predictions the caller has.
        score: Mean over the folds of the combined out-of-fold predictions.
        standard_error: Standard error of that mean; for fewer than three folds, of the mean
            over five random parts of the rows.
        nested: The mean over folds where strategy and combination were chosen and fitted
            on the other folds; None unless it was asked for.
        considered: Strategies that were compared, as (name, score), each fitted on the folds
            that it was not scored on.
    """

    strategy: Strategy
    combination: FittedStrategy | None
    score: float
    standard_error: float
    nested: float | None = None
    considered: tuple[tuple[str, float], ...] = ()


def choose_combination(
    predictions: Floats,
    truth: Array,
    folds: Integers,
    metric: Metric,
    kind: TaskKind,
    n_classes: int,
    weight: Floats | None = None,
    is_final: bool = False,
    strategy: StrategyChoice = "auto",
    suggested: Strategy | None = None,
    rivals: Mapping[Strategy, Floats] = _NO_RIVALS,
) -> ChosenCombination:
    """Choose a combination of out-of-fold predictions.

    Greedy selection is the default. In the final choice every strategy is fitted on all
    folds but one and scored on that one, in turn; another strategy wins only if its mean
    gain over the default exceeds one standard error and 0.2 %.

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
            long. At most 10,000 rows are used for fitting, 3,000 for comparing.
        strategy: The one to take, whatever it scores; `auto` compares.
        suggested: A strategy that is compared even where it otherwise would not be, and
            needs no margin to win.
        rivals: Predictions (rows, columns) of strategies that are not fitted here, each row
            predicted by something that had not seen its label.
    """
    problem = Problem(metric, kind, n_classes)
    rows = OutOfFold(predictions, truth, folds, weight)
    names = _compared(rows, problem, strategy, suggested, rivals)
    if not is_final:
        return _measured(names[0], rows, problem, rivals)
    comparison = Comparison(rows.with_enough_folds(), problem, names, rivals, suggested)
    chosen = _measured(comparison.winner(), rows, problem, rivals)
    considered = tuple((name, mean(comparison.scores(name))) for name in names)
    return ChosenCombination(
        chosen.strategy,
        chosen.combination,
        chosen.score,
        chosen.standard_error,
        nested=mean(comparison.nested_scores()),
        considered=considered,
    )


def _compared(
    rows: OutOfFold,
    problem: Problem,
    strategy: StrategyChoice,
    suggested: Strategy | None,
    rivals: Mapping[Strategy, Floats],
) -> tuple[Strategy, ...]:
    """What is compared, the default first; one that cannot be had is passed over."""
    possible = {*get_args(FittableStrategy), *rivals}
    if strategy != "auto" and strategy in possible:
        return (strategy,)
    names = [*strategies_for(rows, problem), *rivals]
    if suggested is not None and suggested in possible and suggested not in names:
        names.append(suggested)
    return tuple(names)


def _measured(
    strategy: Strategy,
    rows: OutOfFold,
    problem: Problem,
    rivals: Mapping[Strategy, Floats],
) -> ChosenCombination:
    """Fit on all rows, and score what that makes of them."""
    fitted: FittedStrategy | None = None
    if strategy in rivals:
        predicted = rivals[strategy]
    else:
        fitted = _fitted(strategy, rows, problem)
        predicted = apply_combination(fitted, rows.predictions)
    score = mean(fold_scores(rows, predicted, problem.metric))
    spread = fold_scores(rows.with_enough_folds(), predicted, problem.metric)
    return ChosenCombination(strategy, fitted, score, standard_error(spread))


def _fitted(strategy: Strategy, rows: OutOfFold, problem: Problem) -> FittedStrategy:
    sample = rows.take(sampled(len(rows.truth), _CHOOSING_ROWS))
    for fittable in get_args(FittableStrategy):
        if fittable == strategy:
            return fit_strategy(fittable, sample, problem)
    raise ValueError(f"{strategy!r} has no predictions to be measured by")
