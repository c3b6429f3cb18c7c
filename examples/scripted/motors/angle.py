"""Knows the phase angle, and nothing of voltage and current."""

import numpy as np
from sklearn.linear_model import LinearRegression


class Candidate:
    def __init__(self, spec):
        self.model = LinearRegression()

    def fit(self, X, y, weight=None):
        self.model.fit(self._columns(X), y, sample_weight=weight)

    def predict(self, X):
        return self.model.predict(self._columns(X))

    def _columns(self, X):
        return np.cos(np.radians(X[["phase_degrees"]]))
