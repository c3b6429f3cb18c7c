"""Each member knows one factor of the power, so that their product knows both."""

from sklearn.linear_model import LinearRegression


class Candidate:
    def __init__(self, spec):
        self.model = LinearRegression()

    def fit(self, X, y, weight=None):
        self.model.fit(self._terms(X), y, sample_weight=weight)

    def predict(self, X):
        return self.model.predict(self._terms(X))

    def _terms(self, X):
        return X.assign(product=X.prod(axis=1) / 1_000)
