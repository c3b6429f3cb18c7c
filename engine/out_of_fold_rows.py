"""Which development rows have out-of-fold predictions, and in which order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabular.development import Development


@dataclass(frozen=True, slots=True)
class OutOfFoldRows:
    """Rows that have out-of-fold predictions.

    Attributes:
        numbers: Their positions among the development rows, fold by fold.
        folds: Fold of each.
    """

    numbers: NDArray[np.int64]
    folds: NDArray[np.int64]


def out_of_fold_rows(development: Development, folds: tuple[int, ...]) -> OutOfFoldRows:
    """The rows that these folds score, in the order of members' predictions."""
    numbers = np.concatenate([development.scored_rows(fold) for fold in folds])
    return OutOfFoldRows(numbers, development.folds[numbers])
