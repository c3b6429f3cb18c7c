"""Gradient-boosted trees by LightGBM, with native categories."""

from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.boosting import Boosting, Setting
from toolkit.inner_split import inner_split
from toolkit.patience import Patience
from toolkit.rounds import affordable_rounds, refit_rounds
from toolkit.tree_encoder import TreeEncoder

TREE_SECONDS = 1e-4
ROW_SECONDS = 5e-8
CELL_SECONDS = 2.4e-9
"""One row times one column in one tree (measured, one thread, another core busy)."""
LEAF_SECONDS = 4e-6
LEAF_COLUMN_SECONDS = 4e-7
"""One leaf times one column in one tree: scanning its histogram."""
CUTS_OF_NAMES = {"cat_l2": 3.0, "cat_smooth": 3.0, "min_data_per_group": 10}
"""Levels of few rows are told apart, too, where numbers name things."""


class LightGBM(Boosting):
    """LightGBM that stops early on an inner split of its training rows.

    Up to 5 000 rows it is then fitted again to all of them, with more rounds.

    Args:
        spec: The task as the worker describes it.
        **parameters: LightGBM's own parameters, and `rounds` (most trees per class) and
            `patience` (rounds without progress until it stops).
    """

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        self.encoder = TreeEncoder(
            self.spec.seed, is_classification=self.is_classification
        )
        values = self.encoder.fit_transform(table, target)
        settings = self._settings()

        def part(rows: Codes | slice) -> lgb.Dataset:
            return lgb.Dataset(
                values[rows],
                target[rows],
                weight=None if weight is None else weight[rows],
                categorical_feature=list(range(self.encoder.categories)),
                params=settings,
            )

        split = inner_split(
            target, self.spec.seed, is_stratified=self.is_classification
        )
        train, patience = part(split.train), Patience(self.patience, len(values))
        booster = lgb.train(
            settings,
            train,
            num_boost_round=self._affordable(values),
            valid_sets=[part(split.check).set_reference(train)],
            callbacks=[_stopper(patience)],
        )
        rounds = max(patience.best_round, 1)
        more = refit_rounds(self.spec, len(values), rounds)
        if more is not None:
            booster = lgb.train(settings, part(slice(None)), num_boost_round=more)
        # Only the trees that count travel with the fitted model.
        self.text = booster.model_to_string(num_iteration=more or rounds)

    def _predict(self, table: pd.DataFrame) -> Floats:
        booster = lgb.Booster(model_str=self.text)
        raw = np.asarray(
            booster.predict(
                self.encoder.transform(table), num_threads=self.spec.n_threads
            )
        )
        is_binary = self.is_classification and raw.ndim == 1
        return np.column_stack([1 - raw, raw]) if is_binary else raw

    def _settings(self) -> dict[str, Setting]:
        objective = "regression"
        if self.is_classification:
            objective = "multiclass" if self.outputs > 1 else "binary"
        settings: dict[str, Setting] = {
            "objective": objective,
            "verbosity": -1,
            "seed": self.spec.seed,
            "num_threads": self.spec.n_threads,
            "deterministic": True,
            "force_col_wise": True,
            "feature_pre_filter": False,
            "num_class": self.outputs,
        }
        if self.names.columns and not self.is_classification:
            settings |= CUTS_OF_NAMES
        return settings | self.parameters

    def _affordable(self, values: Floats) -> int:
        rows, columns = values.shape
        leaves = int(self.parameters.get("num_leaves", 31))
        cost = rows * (ROW_SECONDS + columns * CELL_SECONDS)
        cost += leaves * (LEAF_SECONDS + columns * LEAF_COLUMN_SECONDS)
        seconds = TREE_SECONDS + self.outputs * cost
        return affordable_rounds(self.spec, rows, self.rounds, seconds)


def _stopper(patience: Patience) -> Callable[[lgb.callback.CallbackEnv], None]:
    def after_round(env: lgb.callback.CallbackEnv) -> None:
        results = env.evaluation_result_list or []
        if patience.is_over(float(results[0][2])):
            raise lgb.callback.EarlyStopException(patience.best_round - 1, results)

    return after_round
