"""Target encoding: how the target behaves, on average, at each level of a category."""

from typing import Self

import numpy as np

from toolkit.arrays import Codes, Floats

FOLDS = 5
SMOOTHING_ROWS = 10.0
"""Rows at the overall mean that are added to each level (an m-estimate)."""
MAXIMUM_CLASSES = 10
BINARY_CLASSES = 2


class TargetMeans:
    """Smoothed mean of the target per level, cross-fitted on the training rows.

    A level's own rows never contribute to their own encoding: training rows get the
    means of the other folds, later rows those of all training rows. Regularised
    encodings of this kind did best in Pargent et al., Computational Statistics 2022.
    """

    def __init__(self, levels: int, seed: int) -> None:
        self.levels = levels
        self.seed = seed

    def fit(self, codes: Codes, targets: Floats) -> Self:
        """Learn the means of all training rows, for rows to come."""
        self.means = self._smooth(codes, targets)
        return self

    def fit_transform(self, codes: Codes, targets: Floats) -> Floats:
        """Learn the means and encode the training rows.

        Args:
            codes: Level of each row, -1 for missing, shape (rows,).
            targets: Columns to average, shape (rows, columns).

        Returns:
            Array of shape (rows, columns).
        """
        self.fit(codes, targets)
        order = np.random.default_rng(self.seed).permutation(len(codes))
        encoded = np.empty_like(targets)
        for held in np.array_split(order, FOLDS):
            rest = np.setdiff1d(order, held)
            encoded[held] = self._smooth(codes[rest], targets[rest])[codes[held]]
        return encoded

    def transform(self, codes: Codes) -> Floats:
        """Encode later rows, shape (rows, columns); unseen levels count as missing."""
        return self.means[codes]

    def _smooth(self, codes: Codes, targets: Floats) -> Floats:
        """Means per level, with missing at the last place so that code -1 finds it."""
        places = self.levels + 1
        slots = np.where(codes < 0, self.levels, codes)
        counts = np.bincount(slots, minlength=places)[:, None]
        sums = np.column_stack(
            [np.bincount(slots, column, minlength=places) for column in targets.T]
        )
        prior = targets.mean(axis=0) if len(targets) else np.zeros(targets.shape[1])
        smoothed: Floats = (sums + SMOOTHING_ROWS * prior) / (counts + SMOOTHING_ROWS)
        return smoothed


def target_columns(
    y: Floats | Codes,
    *,
    is_classification: bool,
    most_classes: int = MAXIMUM_CLASSES,
) -> Floats:
    """What is averaged per level, or scored per text.

    Args:
        y: Class codes or values, shape (rows,).
        is_classification: Whether they are class codes.
        most_classes: So many classes have a column.

    Returns:
        For regression the target itself, shape (rows, 1). For two classes membership of
        the second, shape (rows, 1). For more, membership of each of the most frequent
        classes, shape (rows, at most most_classes).
    """
    if not is_classification:
        return np.asarray(y, dtype=np.float64)[:, None]
    classes, counts = np.unique(y, return_counts=True)
    is_binary = len(classes) <= BINARY_CLASSES
    if is_binary:
        chosen = classes[-1:]
    else:
        chosen = classes[np.argsort(-counts, kind="stable")[:most_classes]]
    is_member = np.asarray(y)[:, None] == chosen[None, :]
    return np.asarray(is_member, dtype=np.float64)
