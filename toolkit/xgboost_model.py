"""Gradient-boosted trees by XGBoost, an extra; with native categories."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.boosting import Boosting, Setting
from toolkit.inner_split import inner_split
from toolkit.patience import Patience
from toolkit.rounds import affordable_rounds, refit_rounds
from toolkit.tree_encoder import TreeEncoder

if TYPE_CHECKING:
    import xgboost

CELL_SECONDS = 4e-9
"""One row times one column in one tree (measured, one thread)."""
TREE_SECONDS = 5e-4
LARGEST_CODE_LEVELS = 50
"""A category with more levels shows target means: cutting sets of many levels overfits."""


class XGBoost(Boosting):
    """XGBoost that stops early on an inner split of its training rows.

    Up to 5 000 rows it is then fitted again to all of them, with more rounds. Needs the
    package xgboost or xgboost-cpu.

    Args:
        spec: The task as the worker describes it.
        **parameters: XGBoost's own parameters, and `rounds` (most trees per class) and
            `patience` (rounds without progress until it stops).
    """

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        import xgboost  # noqa: PLC0415 - an extra, not always there

        self.encoder = TreeEncoder(
            self.spec.seed,
            LARGEST_CODE_LEVELS,
            is_classification=self.is_classification,
        )
        values = self.encoder.fit_transform(table, target)

        def part(rows: Codes | slice) -> "xgboost.DMatrix":
            weights = None if weight is None else weight[rows]
            return self._matrix(values[rows], label=target[rows], weight=weights)

        split = inner_split(
            target, self.spec.seed, is_stratified=self.is_classification
        )
        settings = self._settings()
        patience = Patience(self.patience, len(values))
        cost = self.outputs * (TREE_SECONDS + values.size * CELL_SECONDS)
        self.booster = xgboost.train(
            settings,
            part(split.train),
            num_boost_round=affordable_rounds(
                self.spec, len(values), self.rounds, cost
            ),
            evals=[(part(split.check), "check")],
            verbose_eval=False,
            callbacks=[_stopper(patience)],
        )
        rounds = max(patience.best_round, 1)
        more = refit_rounds(self.spec, len(values), rounds)
        if more is None:
            self.booster = self.booster[:rounds]
        else:
            self.booster = xgboost.train(settings, part(slice(None)), more)

    def _predict(self, table: pd.DataFrame) -> Floats:
        self.booster.set_param({"nthread": self.spec.n_threads})
        raw = np.asarray(
            self.booster.predict(self._matrix(self.encoder.transform(table))),
            dtype=np.float64,
        )
        is_binary = self.is_classification and raw.ndim == 1
        return np.column_stack([1 - raw, raw]) if is_binary else raw

    def _matrix(self, values: Floats, **more: Any) -> "xgboost.DMatrix":  # noqa: ANN401
        import xgboost  # noqa: PLC0415 - an extra, not always there

        levels = self.encoder.categories
        kinds = ["c"] * levels + ["q"] * (values.shape[1] - levels)
        return xgboost.DMatrix(
            values, feature_types=kinds, enable_categorical=True, **more
        )

    def _settings(self) -> dict[str, Setting]:
        settings: dict[str, Setting] = {
            "objective": "reg:squarederror",
            "tree_method": "hist",
            "seed": self.spec.seed,
            "nthread": self.spec.n_threads,
            "verbosity": 0,
        }
        if self.is_classification:
            is_binary = self.outputs == 1
            settings["objective"] = "binary:logistic" if is_binary else "multi:softprob"
            if not is_binary:
                settings["num_class"] = self.outputs
        return settings | self.parameters


def _stopper(patience: Patience) -> Any:  # noqa: ANN401 - a class of the extra
    from xgboost.callback import TrainingCallback  # noqa: PLC0415 - an extra

    class Stopper(TrainingCallback):
        """Asks `Patience` after each round."""

        def after_iteration(
            self,
            model: object,
            epoch: int,
            evals_log: Any,  # noqa: ANN401 - nested dictionaries of losses
        ) -> bool:
            """Say whether to stop."""
            losses = next(iter(evals_log["check"].values()))
            return patience.is_over(float(losses[-1]))

    return Stopper()
