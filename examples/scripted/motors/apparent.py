"""Knows voltage and current, and nothing of the phase angle."""

from sklearn.linear_model import LinearRegression


class Candidate:
    def __init__(self, spec):
        self.model = LinearRegression(positive=True, fit_intercept=False)

    def fit(self, X, y, weight=None):
        self.model.fit(self._columns(X), y, sample_weight=weight)

    def predict(self, X):
        return self.model.predict(self._columns(X))

    def _columns(self, X):
        return (X["volts"] * X["amperes"]).to_frame("apparent")
