"""Boosted trees that know the field: strength grows with age and falls with water."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

GROWING = {"age": 1, "cement": 1, "water": -1, "water_to_binder": -1}


class Candidate:
    def __init__(self, spec):
        self.seeds = [spec.seed + number for number in range(2)]

    def fit(self, X, y, weight=None):
        X = self._prepared(X)
        signs = [GROWING.get(name, 0) for name in X.columns]
        self.models = [
            HistGradientBoostingRegressor(
                max_iter=250,
                learning_rate=0.08,
                max_leaf_nodes=16,
                min_samples_leaf=6,
                max_features=0.5,
                monotonic_cst=signs,
                random_state=seed,
            ).fit(X, y, sample_weight=weight)
            for seed in self.seeds
        ]

    def predict(self, X):
        X = self._prepared(X)
        return np.mean([model.predict(X) for model in self.models], axis=0)

    def _prepared(self, X):
        X = X.copy()
        binder = X["cement"] + X["slag"] + X["flyash"]
        X["water_to_binder"] = X["water"] / binder
        X["maturity"] = np.log1p(X["age"]) * binder / X["water"]
        return X
