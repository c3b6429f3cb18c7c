"""Out-of-fold rows: what every member says of rows that it was not fitted on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.task import TaskKind
from tabular.metrics import Metric, score

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PARTS_OF_ONE_FOLD = 5
FEWEST_FOLDS = 3
"""One fold is scored, one decides between strategies, and one is left to fit them."""
MOST_FOLDS = 5
"""With k parts a comparison within a comparison takes k (k + 1) / 2 fits."""
_SEED = 20242


@dataclass(frozen=True, slots=True)
class Problem:
    """What a combination is for."""

    metric: Metric
    kind: TaskKind
    n_classes: int


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Out-of-fold rows with what is known of them.

    Attributes:
        predictions: Of every member, shape (members, rows, columns).
        truth: Class codes or values.
        folds: Fold of each row.
        weight: One weight per row, or None.
    """

    predictions: Floats
    truth: Array
    folds: Integers
    weight: Floats | None

    def take(self, rows: Array) -> "OutOfFold":
        """Keep some rows, by indices or a mask."""
        weight = None if self.weight is None else self.weight[rows]
        return OutOfFold(
            self.predictions[:, rows], self.truth[rows], self.folds[rows], weight
        )

    def score(self, metric: Metric, predicted: Floats) -> float:
        """Score predictions for these rows."""
        return score(metric, self.truth, predicted, self.weight)

    def with_enough_folds(self) -> "OutOfFold":
        """Cut the rows into parts where there are too few folds to compare on."""
        if len(np.unique(self.folds)) >= FEWEST_FOLDS:
            return self
        parts = cut_into_parts(len(self.truth), PARTS_OF_ONE_FOLD)
        return OutOfFold(self.predictions, self.truth, parts, self.weight)

    def parts(self) -> Integers:
        """Part of each row: its fold, or where folds are many, two of them together."""
        folds, place = np.unique(self.folds, return_inverse=True)
        if len(folds) <= MOST_FOLDS:
            return self.folds
        joined: Integers = place % -(-len(folds) // 2)
        return joined


def cut_into_parts(rows: int, parts: int) -> Integers:
    """Part of each row, drawn the same way for the same number of rows."""
    random = np.random.default_rng(_SEED)
    cut: Integers = random.permutation(rows) % parts
    return cut


def sampled(rows: int, most: int) -> Integers:
    """Indices of at most so many rows, ascending; which ones depends on nothing else."""
    if rows <= most:
        return np.arange(rows)
    random = np.random.default_rng(_SEED)
    return np.sort(random.choice(rows, most, replace=False))
