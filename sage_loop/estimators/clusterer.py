"""The clusterer."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import ClusterMixin

from sage_loop.estimators.base import SageLoopEstimator, Table
from sage_loop.estimators.tables import as_frame, column_names

Integers = npt.NDArray[np.int64]


@dataclass(kw_only=True, eq=False, repr=False)
class SageLoopClusterer(ClusterMixin, SageLoopEstimator):  # type: ignore[misc] # sklearn has no types
    """Group the rows of a table by a consensus of partitions that a team of agents finds.

    All other parameters are those of `SageLoopEstimator`; those that need a target have no
    meaning here.

    Args:
        clusters: Number of clusters; chosen by default.
        label: Column of X with known labels. It is set aside unread and compared with the
            clusters at the end.

    Attributes:
        labels_: Cluster of each row that was fitted to.
        run_: The run's folder.
        leaderboard_: Every partition that was scored, best first.
        report_: The run's summary.

    Examples:
        >>> from sklearn.datasets import make_blobs
        >>> X, _ = make_blobs(random_state=0)
        >>> model = SageLoopClusterer(clusters=3, trials=3, feature_rounds=0)
        >>> sorted(set(model.fit_predict(X).tolist()))
        [0, 1, 2]
    """

    _task: ClassVar = "clustering"

    clusters: int | None = None
    label: str | None = None

    def fit(self, X: Table, y: object = None) -> Self:
        """Find partitions and agree on one; `y` is not looked at.

        Args:
            X: Rows of any kinds of columns, missing values as they are.
            y: Passed over.

        Raises:
            SageLoopError: The rows or an option cannot be used, or the run failed.
        """
        with self._fit_as_a_whole():
            rows = self._check_fit(X)
            names = column_names(rows)
            frame = as_frame(rows, names)
            self._adopt(self._run_engine(frame, {}))
            self.labels_ = self._said(frame)
            return self

    def predict(self, X: Table) -> Integers:
        """Cluster of each row, shape (rows,); rows may be new."""
        return self._predicted(X).values[:, 0].astype(np.int64)

    def _said(self, frame: pd.DataFrame) -> Integers:
        return self._fitted().predict(frame).values[:, 0].astype(np.int64)
