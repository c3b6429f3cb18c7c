"""Gradient-boosted symmetric trees by CatBoost, with ordered statistics of categories."""

from types import SimpleNamespace

import catboost
import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.boosting import Boosting, Setting
from toolkit.catboost_encoder import CatBoostEncoder
from toolkit.inner_split import inner_split
from toolkit.patience import Patience
from toolkit.rounds import affordable_rounds, refit_rounds

CELL_SECONDS = 2e-9
"""One row times one column in one level of one tree (measured, one thread)."""
LEAF_SECONDS = 1.5e-6
"""One leaf times one column in one tree."""
TREE_SECONDS = 5e-4
CATEGORY_COLUMNS = 4
"""A category costs as much as this many numeric columns: it is counted several ways."""


class CatBoost(Boosting):
    """CatBoost that stops early on an inner split of its training rows.

    Up to 5 000 rows it is then fitted again to all of them, with more rounds.

    Args:
        spec: The task as the worker describes it.
        **parameters: CatBoost's own parameters, and `rounds` (most trees) and `patience`
            (rounds without progress until it stops).
    """

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        self.encoder = CatBoostEncoder(
            self.spec.seed, is_classification=self.is_classification
        )
        encoded = self.encoder.fit_transform(table, target)
        settings = self._settings(encoded)

        def part(rows: Codes | slice) -> catboost.Pool:
            return catboost.Pool(
                encoded.iloc[rows],
                target[rows],
                weight=None if weight is None else weight[rows],
                cat_features=self.encoder.categories,
            )

        split = inner_split(
            target, self.spec.seed, is_stratified=self.is_classification
        )
        self.model = catboost.CatBoost(settings)
        self.model.fit(
            part(split.train),
            eval_set=part(split.check),
            use_best_model=True,
            callbacks=[_Stopper(Patience(self.patience, len(encoded)))],
        )
        more = refit_rounds(self.spec, len(encoded), self.model.tree_count_)
        if more is not None:
            # A rate that CatBoost chose itself would change with the number of rounds.
            settings |= {"iterations": more, "learning_rate": self.model.learning_rate_}
            self.model = catboost.CatBoost(settings)
            self.model.fit(part(slice(None)))

    def _predict(self, table: pd.DataFrame) -> Floats:
        pool = catboost.Pool(
            self.encoder.transform(table), cat_features=self.encoder.categories
        )
        kind = "Probability" if self.is_classification else "RawFormulaVal"
        return np.asarray(
            self.model.predict(
                pool, prediction_type=kind, thread_count=self.spec.n_threads
            )
        )

    def _settings(self, encoded: pd.DataFrame) -> dict[str, Setting]:
        rows = len(encoded)
        columns = encoded.shape[1] + CATEGORY_COLUMNS * len(self.encoder.categories)
        depth = int(self.parameters.get("depth", 6))
        cell_cost = depth * rows * CELL_SECONDS + 2**depth * LEAF_SECONDS
        cost = self.outputs * (TREE_SECONDS + columns * cell_cost)
        loss = "RMSE"
        if self.is_classification:
            loss = "MultiClass" if self.outputs > 1 else "Logloss"
        settings: dict[str, Setting] = {
            "loss_function": loss,
            "iterations": affordable_rounds(self.spec, rows, self.rounds, cost),
            "random_seed": self.spec.seed,
            "thread_count": self.spec.n_threads,
            "allow_writing_files": False,
            "logging_level": "Silent",
        }
        return settings | self.parameters


class _Stopper:
    """Asks `Patience` after each tree, in the form that CatBoost calls."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience

    def after_iteration(self, info: SimpleNamespace) -> bool:
        """Say whether to go on."""
        losses = next(iter(info.metrics["validation"].values()))
        return not self.patience.is_over(losses[-1])
