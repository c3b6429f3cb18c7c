"""Greedy ensemble selection with replacement (Caruana et al. 2004, 2006)."""

import numpy as np
import numpy.typing as npt

from tabular.metrics import Metric, gain, score

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]

_DECIMALS = 6
_SMALLEST_UNIT = 1e-12


def greedy_selection(
    predictions: Floats,
    truth: Array,
    metric: Metric,
    rounds: int = 25,
    weight: Floats | None = None,
) -> Floats:
    """Choose weights by adding, round by round, the member that helps the average most.

    A member may be added again. The weights are those of the round with the best score,
    so they never score worse than the best single member on the rows they were chosen
    on (up to rounding).

    Args:
        predictions: Of every member (members, rows, columns).
        truth: Class codes or values.
        metric: What to improve.
        rounds: How many times a member is added; more than 25 brings nothing (Salinas and
            Erickson 2024).
        weight: One weight per row, or None.

    Returns:
        One weight per member; they sum to one. Ties go to members already chosen, then to
        the first; scores are rounded relative to the first so that float noise decides
        nothing.
    """
    counts = np.zeros(len(predictions), dtype=np.int64)
    total = np.zeros(predictions.shape[1:])
    best_gain, best_counts = -np.inf, counts
    unit = 0.0
    for size in range(1, rounds + 1):
        gains = np.array(
            [
                gain(metric, score(metric, truth, (total + prediction) / size, weight))
                for prediction in predictions
            ]
        )
        unit = unit or max(abs(float(gains.max())), _SMALLEST_UNIT)
        gains = np.round(gains / unit, _DECIMALS)
        chosen = int(np.lexsort((counts == 0, -gains))[0])
        counts[chosen] += 1
        total += predictions[chosen]
        if gains[chosen] > best_gain:
            best_gain, best_counts = float(gains[chosen]), counts.copy()
    weights: Floats = best_counts / best_counts.sum()
    return weights
