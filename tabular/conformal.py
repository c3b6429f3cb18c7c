"""Intervals and sets that hold the truth as often as asked, from out-of-fold predictions.

Conformal prediction (Vovk et al. 2005) with the residuals of cross-validation (Barber et al.
2021): what was wrong of rows that a model had not seen tells how wrong it may be of new ones.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

ROWS_A_BAND = 150
MOST_BANDS = 5


@dataclass(frozen=True, slots=True)
class Band:
    """How far the truth may be from a value.

    Attributes:
        edges: Values where one width ends and the next begins, ascending.
        below: How far down it may be, one more than edges.
        above: How far up.
    """

    edges: Floats
    below: Floats
    above: Floats

    def intervals(self, values: Floats) -> Floats:
        """Lower and upper bound of each value, shape (rows, 2)."""
        place = np.searchsorted(self.edges, values, side="right")
        return np.column_stack([values - self.below[place], values + self.above[place]])


def conformal_band(truth: Array, values: Floats, level: float) -> Band:
    """Learn intervals from out-of-fold predictions.

    Errors are often larger where values are: from 300 rows on, rows are cut into up to five
    bands of values, each with widths of its own. Both sides miss equally often.

    Args:
        truth: True values, shape (rows,).
        values: What was predicted of rows that had not been seen, shape (rows,).
        level: Share of rows whose interval is to hold the truth.
    """
    bands = int(np.clip(len(values) // ROWS_A_BAND, 1, MOST_BANDS))
    edges = np.unique(np.quantile(values, np.arange(1, bands) / bands))
    place = np.searchsorted(edges, values, side="right")
    errors = truth.astype(np.float64) - values
    share = 1 - (1 - level) / 2
    below, above = np.zeros(len(edges) + 1), np.zeros(len(edges) + 1)
    for band in range(len(edges) + 1):
        own = errors[place == band] if (place == band).any() else errors
        below[band] = max(0.0, conformal_quantile(-own, share))
        above[band] = max(0.0, conformal_quantile(own, share))
    return Band(edges, below, above)


def conformal_quantile(scores: Floats, share: float) -> float:
    """The score that a new one stays below with probability `share` or more.

    With too few scores for that, the largest one.
    """
    rank = int(np.ceil(share * (len(scores) + 1)))
    return float(np.sort(scores)[min(rank, len(scores)) - 1])


def conformal_threshold(truth: Array, probability: Floats, level: float) -> float:
    """Smallest probability with which a class belongs to a row's set.

    Args:
        truth: Class codes, shape (rows,).
        probability: Out-of-fold probabilities, shape (rows, classes).
        level: Share of rows whose set is to hold the true class.
    """
    own = probability[np.arange(len(truth)), truth.astype(np.int64)]
    return 1 - conformal_quantile(1 - own, level)


def conformal_sets(probability: Floats, threshold: float) -> Booleans:
    """Which classes are in each row's set, shape (rows, classes).

    The most probable class always is: a set that is empty would help nobody.
    """
    members = probability >= threshold
    members[np.arange(len(members)), probability.argmax(axis=1)] = True
    return members
