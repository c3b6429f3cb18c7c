"""A Gaussian process over scaled mixtures; it was written for another table."""

from sklearn.compose import TransformedTargetRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Candidate:
    def __init__(self, spec):
        kernel = 1.0 * RBF([1.0] * 9) + WhiteKernel(0.1)
        process = GaussianProcessRegressor(kernel, random_state=spec.seed)
        self.model = TransformedTargetRegressor(
            make_pipeline(StandardScaler(), process), transformer=StandardScaler()
        )

    def fit(self, X, y, weight=None):
        self.model.fit(X.assign(superplasticiser=X["superplasticiser"]), y)

    def predict(self, X):
        return self.model.predict(X)
