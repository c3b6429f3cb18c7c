"""The regressor."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    column_or_1d,
)

from sage_loop.estimators.base import SageLoopEstimator, Table
from sage_loop.estimators.tables import free_name


@dataclass(kw_only=True, eq=False, repr=False)
class SageLoopRegressor(RegressorMixin, SageLoopEstimator):  # type: ignore[misc] # sklearn has no types
    """Predict a number for each row of a table by an ensemble that a team of agents finds.

    The parameters are those of `SageLoopEstimator`.

    Attributes:
        run_: The run's folder.
        leaderboard_: Every candidate that was scored, best first.
        report_: The run's summary.

    Examples:
        >>> from sklearn.datasets import load_diabetes
        >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
        >>> model = SageLoopRegressor(trials=3, feature_rounds=0, validation="holdout")
        >>> model.fit(X, y).predict(X.head(2)).shape
        (2,)
        >>> model.score(X, y) > 0.4
        True
    """

    _task: ClassVar = "regression"

    def fit(
        self, X: Table, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Find, fit and combine models.

        Args:
            X: Rows of any kinds of columns, missing values as they are.
            y: Values, shape (rows,).
            sample_weight: Weights of rows, shape (rows,); they count in fits and in scores,
                and rows of weight 0 are left out.

        Raises:
            SageLoopError: The rows or an option cannot be used, or the run failed.
        """
        with self._fit_as_a_whole():
            self._check_target(y)
            rows = self._check_fit(X)
            target = column_or_1d(y, dtype=np.float64, warn=True)
            check_consistent_length(rows, target)
            assert_all_finite(target, input_name="y")
            laid = self._lay_out(rows, sample_weight)
            name = free_name(getattr(y, "name", None), list(laid.frame.columns))
            laid.frame[name] = target[laid.is_kept]
            return self._adopt(
                self._run_engine(laid.frame, {"target": name, **laid.roles})
            )

    def predict(self, X: Table) -> npt.NDArray[np.float64]:
        """Values, shape (rows,)."""
        return self._predicted(X).values[:, 0]
