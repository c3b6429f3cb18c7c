"""Additive models of one and two columns at a time by InterpretML, an extra.

Source: Lou et al., "Accurate intelligible models with pairwise interactions", KDD 2013.
"""

import warnings

import numpy as np
import pandas as pd

from toolkit.arrays import Codes, Floats
from toolkit.estimator import Estimator
from toolkit.spec import Spec
from toolkit.tree_encoder import TreeEncoder


class ExplainableBoosting(Estimator):
    """An explainable boosting machine. Needs the package interpret-core.

    Args:
        spec: The task as the worker describes it.
        interactions: Pairs of columns that are modelled together.
        outer_bags: Models that are averaged, each stopped early on its own rows.
        rounds: Most rounds of boosting.
        max_bins: Bins of a column.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        interactions: int = 5,
        outer_bags: int = 4,
        rounds: int = 1500,
        max_bins: int = 256,
    ) -> None:
        super().__init__(spec)
        self.interactions = interactions
        self.outer_bags = outer_bags
        self.rounds = rounds
        self.max_bins = max_bins

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        from interpret.glassbox import (  # noqa: PLC0415 - an extra, not always there
            ExplainableBoostingClassifier,
            ExplainableBoostingRegressor,
        )

        self.encoder = TreeEncoder(
            self.spec.seed, is_classification=self.is_classification
        )
        values = self.encoder.fit_transform(table, target)
        levels = self.encoder.categories
        kind = (
            ExplainableBoostingClassifier
            if self.is_classification
            else ExplainableBoostingRegressor
        )
        self.model = kind(
            feature_types=["nominal"] * levels
            + ["continuous"] * (values.shape[1] - levels),
            # Pairs are not defined for more than two classes.
            interactions=0 if self.outputs > 1 else self.interactions,
            outer_bags=self.outer_bags,
            max_rounds=self.rounds,
            max_bins=self.max_bins,
            random_state=self.spec.seed,
            n_jobs=1,
        )
        with warnings.catch_warnings():
            # It warns that its pictures, which nobody draws here, lack missing values.
            warnings.filterwarnings("ignore", "Missing values detected")
            self.model.fit(values, target, sample_weight=weight)

    def _predict(self, table: pd.DataFrame) -> Floats:
        values = self.encoder.transform(table)
        if self.is_classification:
            return np.asarray(self.model.predict_proba(values))
        return np.asarray(self.model.predict(values))
