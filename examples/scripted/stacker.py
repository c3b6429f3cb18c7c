"""A penalised line over the members, pulled towards their plain mean."""

import numpy as np
from sklearn.linear_model import RidgeCV


class Candidate:
    def __init__(self, spec):
        self.model = RidgeCV(alphas=np.logspace(0, 5, 16))

    def fit(self, X, y, weight=None):
        mean = X.mean(axis=1)
        self.model.fit(X.sub(mean, axis=0), y - mean, sample_weight=weight)

    def predict(self, X):
        mean = X.mean(axis=1)
        return mean + self.model.predict(X.sub(mean, axis=0))
