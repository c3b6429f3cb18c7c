"""The clusterer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import ClusterMixin

from sage_loop.estimators.base import SageLoopEstimator, Table
from sage_loop.estimators.tables import as_frame, column_names

Integers = npt.NDArray[np.int64]


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

    _task = "clustering"

    def __init__(
        self,
        *,
        budget: str | None = None,
        trials: int | None = None,
        metric: str | None = None,
        workers: int | None = None,
        memory: str | None = None,
        proposer: str = "expert",
        llm_model: str | None = None,
        llm_config: str | Path | None = None,
        llm_budget: str | None = None,
        llm_tokens: str | None = None,
        llm_calls: int | None = None,
        llm_timeout: str | None = None,
        llm_rows: int = 12,
        seed: int = 0,
        run_dir: str | Path | None = None,
        test_size: float = 0.0,
        validation: Literal["cv", "holdout"] = "cv",
        group: str | None = None,
        time: str | None = None,
        weight: str | None = None,
        drop: Sequence[str] | None = None,
        kind: Mapping[str, str] | None = None,
        describe: str | Path | None = None,
        feedback: bool = True,
        tuning: bool = True,
        feature_rounds: int = 1,
        model_rounds: int | None = None,
        tuning_rounds: int | None = None,
        ensemble: str = "auto",
        isolation: Literal["auto", "strict", "any"] = "auto",
        progress: bool | None = None,
        clusters: int | None = None,
        label: str | None = None,
    ) -> None:
        super().__init__(
            budget=budget,
            trials=trials,
            metric=metric,
            workers=workers,
            memory=memory,
            proposer=proposer,
            llm_model=llm_model,
            llm_config=llm_config,
            llm_budget=llm_budget,
            llm_tokens=llm_tokens,
            llm_calls=llm_calls,
            llm_timeout=llm_timeout,
            llm_rows=llm_rows,
            seed=seed,
            run_dir=run_dir,
            test_size=test_size,
            validation=validation,
            group=group,
            time=time,
            weight=weight,
            drop=drop,
            kind=kind,
            describe=describe,
            feedback=feedback,
            tuning=tuning,
            feature_rounds=feature_rounds,
            model_rounds=model_rounds,
            tuning_rounds=tuning_rounds,
            ensemble=ensemble,
            isolation=isolation,
            progress=progress,
        )
        self.clusters = clusters
        self.label = label

    def fit(self, X: Table, y: object = None) -> Self:
        """Find partitions and agree on one; `y` is not looked at.

        Args:
            X: Rows of any kinds of columns, missing values as they are.
            y: Passed over.

        Raises:
            SageLoopError: The rows or an option cannot be used, or the run failed.
        """
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
