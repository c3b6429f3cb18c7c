"""Weights of classes under which the most probable class is the one to name.

Metrics like F1, balanced accuracy or Cohen's kappa are best served by other thresholds than
a half; for two classes a weight is a threshold. Source of the idea: Elkan, "The foundations
of cost-sensitive learning", IJCAI 2001; tried on out-of-fold rows as scikit-learn's
`TunedThresholdClassifierCV` does.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tabular.applying import tilted
from tabular.metrics import gain
from tabular.out_of_fold import OutOfFold, Problem, cut_into_parts, sampled

Floats = npt.NDArray[np.float64]

MOST_CLASSES = 10
MOST_ROWS = 3000
FEWEST_ROWS = 100
PARTS = 5
FACTORS = np.exp(np.linspace(-3.0, 3.0, 41))
FACTORS_OF_MANY = np.exp(np.linspace(-2.0, 2.0, 13))
_BINARY_CLASSES = 2


def fit_class_weights(
    probability: Floats, rows: OutOfFold, problem: Problem
) -> tuple[float, ...]:
    """Weights that improve the metric by more than chance would.

    One class after the other gets the factor with the best mean gain over five parts of the
    rows, and keeps 1 unless that gain is above one standard error over the parts.

    Args:
        probability: Of rows that the models had not seen, shape (rows, classes).
        rows: The same rows, labels included; at most 3000 of them are looked at.
        problem: What is scored; a metric of labels.

    Returns:
        One weight per class; empty if nothing is to change.
    """
    classes = probability.shape[1]
    if len(probability) < FEWEST_ROWS or not 1 < classes <= MOST_CLASSES:
        return ()
    chosen = sampled(len(probability), MOST_ROWS)
    probability, rows = probability[chosen], rows.take(chosen)
    weights = np.ones(classes)
    # Of two classes only the odds matter, and one factor sets them.
    for code in range(1 if classes == _BINARY_CLASSES else 0, classes):
        weights[code] = _best_factor(code, weights, probability, rows, problem)
    if (weights == 1).all():
        return ()
    return tuple(float(f"{weight:.3g}") for weight in weights)


def _best_factor(
    code: int, weights: Floats, probability: Floats, rows: OutOfFold, problem: Problem
) -> float:
    """The factor of one class, with those of the others as they are."""
    factors = FACTORS if len(weights) == _BINARY_CLASSES else FACTORS_OF_MANY
    parts = list(_parts(rows))

    def gains(factor: float) -> Floats:
        tried = weights.copy()
        tried[code] = factor
        said = tilted(probability, tuple(tried))
        return np.array(
            [
                gain(problem.metric, part.score(problem.metric, said[at]))
                for at, part in parts
            ]
        )

    plain = gains(1.0)
    more = np.stack([gains(float(factor)) - plain for factor in factors])
    best = int(more.mean(axis=1).argmax())
    spread = float(more[best].std(ddof=1)) / np.sqrt(len(parts))
    return float(factors[best]) if more[best].mean() > spread else 1.0


def _parts(rows: OutOfFold) -> Iterator[tuple[npt.NDArray[np.int64], OutOfFold]]:
    part = cut_into_parts(len(rows.truth), PARTS)
    for number in range(PARTS):
        at = np.flatnonzero(part == number)
        yield at, rows.take(at)
