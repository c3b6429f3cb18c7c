"""Sources of candidates and feature programs that do honest work."""

BUILD = """
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
def columns():
    return make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_include="category"),
        ),
        remainder="passthrough",
    )
"""
LOGISTIC = (
    BUILD
    + """
from sklearn.linear_model import LogisticRegression
class Candidate:
    def __init__(self, spec):
        self.spec = spec
    def fit(self, X, y, weight=None):
        self.columns = list(X.columns)
        self.weight = None if weight is None else float(weight.sum())
        self.model = make_pipeline(columns(), LogisticRegression(C=1000)).fit(X, y)
    def predict_proba(self, X):
        assert list(X.columns) == self.columns
        return self.model.predict_proba(X)
"""
)
RATIO = """
class Features:
    def fit(self, X, y=None):
        self.mean = X["a"].mean()
    def transform(self, X):
        return X[["a"]].assign(a=X["a"] - self.mean, big=X["a"] > 0, n=X["b"].round())
"""
TARGET_MEAN = """
class Features:
    needs_y = True
    def fit(self, X, y=None):
        self.rows, self.mean = len(X), float(y.mean())
    def transform(self, X):
        import pandas as pd
        return pd.DataFrame({"mean": self.mean, "rows": self.rows}, index=X.index)
"""
CLUSTERER = """
from sklearn.cluster import KMeans
class Candidate:
    def __init__(self, spec):
        self.spec = spec
    def fit(self, X):
        self.model = KMeans(self.spec.clusters, random_state=self.spec.seed)
        self.model.fit(X[["a", "b"]])
    def predict(self, X):
        return self.model.predict(X[["a", "b"]])
"""
