"""The four usual methods, with the number of clusters given or chosen by silhouette."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

Labels = NDArray[np.int64]
Matrix = NDArray[np.float64]
MOST_CLUSTERS = 8


def standardised(table: pd.DataFrame) -> Matrix:
    """Numbers standardised, categories one-hot, missing values imputed."""
    numeric = make_column_selector(dtype_include="number")
    other = make_column_selector(dtype_exclude="number")
    transformer = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        (
            make_pipeline(
                SimpleImputer(strategy="most_frequent"),
                OneHotEncoder(sparse_output=False),
            ),
            other,
        ),
    )
    return np.asarray(transformer.fit_transform(table), dtype=np.float64)


def kmeans(values: Matrix, clusters: int, seed: int) -> Labels:
    """k-means, the best of ten starts."""
    labels: Labels = KMeans(clusters, n_init=10, random_state=seed).fit_predict(values)
    return labels


def mixture(values: Matrix, clusters: int, seed: int) -> Labels:
    """A Gaussian mixture with full covariances, the best of five starts."""
    model = GaussianMixture(clusters, n_init=5, reg_covar=1e-4, random_state=seed)
    labels: Labels = model.fit_predict(values)
    return labels


def spectral(values: Matrix, clusters: int, seed: int) -> Labels:
    """Spectral clustering of the graph of nearest neighbours."""
    model = SpectralClustering(
        clusters, affinity="nearest_neighbors", random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels: Labels = model.fit_predict(values)
    return labels


def ward(values: Matrix, clusters: int, seed: int) -> Labels:
    """Ward's linkage; it draws nothing."""
    del seed
    labels: Labels = AgglomerativeClustering(clusters).fit_predict(values)
    return labels


METHODS: dict[str, Callable[[Matrix, int, int], Labels]] = {
    "kmeans": kmeans,
    "mixture": mixture,
    "spectral": spectral,
    "ward": ward,
}


def by_silhouette(values: Matrix, method: str, seed: int) -> Labels:
    """The partition of a method into the number from 2 to 8 with the widest silhouette."""
    found = [
        METHODS[method](values, number, seed) for number in range(2, MOST_CLUSTERS + 1)
    ]
    widths = [silhouette_score(values, labels) for labels in found]
    return found[int(np.argmax(widths))]
