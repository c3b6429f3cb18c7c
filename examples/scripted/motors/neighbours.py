"""The mean of the most similar motors, as the columns come."""

from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

COLUMNS = ["volts", "amperes", "phase_degrees"]


class Candidate:
    def __init__(self, spec):
        nearest = KNeighborsRegressor(n_neighbors=100)
        self.model = make_pipeline(StandardScaler(), nearest)

    def fit(self, X, y, weight=None):
        self.model.fit(X[COLUMNS], y)

    def predict(self, X):
        return self.model.predict(X[COLUMNS])
