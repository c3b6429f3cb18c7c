"""The host's own view of predictions: their score and whether they say anything at all."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from schemas.task import Task, TaskKind
from tabular.clusters.judge import Judge, validity
from tabular.development import Development
from tabular.matrix import standardised_matrix
from tabular.metrics import metric_named, score

COUNTED_ROWS = 10_000
COUNTED_DISTINCT = 1000
_SHARE_OF_RANGE = 1e-9
# Sums of equal numbers differ by less where they are taken in another order.
_SHARE_OF_SIZE = 1e-13


class Scorer:
    """Scores predictions for development rows; labels never leave the host through it."""

    def __init__(self, task: Task, development: Development) -> None:
        self._task = task
        self._development = development
        self._metric = metric_named(task.metric, task.kind)
        self._matrix: NDArray[np.float64] | None = None
        self._judge: Judge | None = None

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Standardised features for internal clustering scores; made once."""
        if self._matrix is None:
            self._matrix = standardised_matrix(self._development.frame)
        return self._matrix

    @property
    def judge(self) -> Judge:
        """Judges partitions of the development rows; made once."""
        if self._judge is None:
            self._judge = Judge(self.matrix)
        return self._judge

    def score(self, rows: NDArray[np.int64], predictions: NDArray[np.float64]) -> float:
        """The task's metric on some development rows.

        Args:
            rows: Their positions, shape (n,).
            predictions: Shape (n, classes) or (n, 1), in the same order.
        """
        if self._task.kind is TaskKind.CLUSTERING:
            return self._score_clusters(rows, predictions)
        target, weight = self._development.target, self._development.weight
        if target is None:
            raise ValueError("a supervised task has no target")
        weights = None if weight is None else weight[rows]
        return score(self._metric, target[rows], predictions, weights)

    def _score_clusters(
        self, rows: NDArray[np.int64], predictions: NDArray[np.float64]
    ) -> float:
        labels = predictions[:, 0].astype(np.int64)
        is_judged = self._metric.name == "validity"
        if is_judged and len(rows) == len(self.matrix):
            return validity(self.judge.quality(labels))
        if is_judged and np.array_equal(rows, self.judge.rows):
            return validity(self.judge.sampled_quality(labels))
        return score(self._metric, self.matrix[rows], predictions)


def count_distinct(predictions: NDArray[np.float64]) -> int:
    """Distinct predicted rows among the first ten thousand, counted up to a thousand."""
    counted = predictions[:COUNTED_ROWS]
    step = _smallest_step(counted)
    frame = pd.DataFrame(np.round(counted / step) if step else counted)
    return min(COUNTED_DISTINCT, len(frame.drop_duplicates()))


def _smallest_step(predictions: NDArray[np.float64]) -> float:
    """What two predictions differ by at least, or 0 if all of them are 0."""
    apart = _SHARE_OF_RANGE * float(np.ptp(predictions))
    rounding = _SHARE_OF_SIZE * float(np.abs(predictions).max())
    return max(apart, rounding)
