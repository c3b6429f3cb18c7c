"""What every clusterer shares: encoding, projection, a number of clusters without labels."""

import warnings
from abc import ABC, abstractmethod
from typing import Self

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances, silhouette_score

from toolkit.arrays import Codes, Floats
from toolkit.dense_encoder import DenseEncoder
from toolkit.scaler import Scaling
from toolkit.spec import Spec

MOST_CLUSTERS = 10
SAMPLE_ROWS = 2_000


class Clusterer(ABC):
    """A clustering candidate's two methods over two hooks that subclasses fill.

    The number of clusters is the one asked for, or the one of 2 to 10 with the largest
    silhouette on a sample of at most 2000 rows. What grows too fast with the rows is fitted
    to a sample of `sample_rows`; all others are then labelled like new ones.

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Number of principal components to work in, or the share of variance
            (below 1) they must hold; None for all columns.
    """

    def __init__(
        self,
        spec: Spec,
        scaling: Scaling = "standard",
        components: float | None = None,
    ) -> None:
        self.seed = spec.seed
        self.asked = spec.clusters
        self.components = components
        # Bent numbers would bring far clusters together.
        self.encoder = DenseEncoder(scaling, spec.seed, is_bent=False)

    sample_rows = 50_000

    @abstractmethod
    def _partition(self, values: Floats, clusters: int) -> Codes:
        """Fit to rows and label them, shape (rows,)."""

    @abstractmethod
    def _assign(self, values: Floats) -> Codes:
        """Label rows by what the last `_partition` learned, shape (rows,)."""

    def fit(self, X: pd.DataFrame) -> Self:
        """Fit to rows of any kinds of columns, missing values as they are."""
        values = self.encoder.fit_transform(X)
        self.projection = None
        if self.components is not None and values.shape[1] > 1:
            self.projection = self._project(values)
            values = self.projection.transform(values)
        with warnings.catch_warnings():
            # Fewer distinct rows than clusters: some clusters stay empty, which is fine.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.clusters = self.asked or self._choose_clusters(values)
            sample = self._sample(values, self.sample_rows)
            self._partition(sample, min(self.clusters, len(sample)))
        return self

    def predict(self, X: pd.DataFrame) -> Codes:
        """Cluster of each row, counted from 0, shape (rows,); rows may be new."""
        values = self.encoder.transform(X)
        if self.projection is not None:
            values = self.projection.transform(values)
        return self._assign(values)

    def _project(self, values: Floats) -> PCA:
        components = self.components
        if components is not None and components >= 1:
            components = min(int(components), *values.shape)
        solver = "full" if components is not None and components < 1 else "auto"
        return PCA(components, svd_solver=solver, random_state=self.seed).fit(values)

    def _sample(self, values: Floats, most: int) -> Floats:
        if len(values) <= most:
            return values
        random = np.random.default_rng(self.seed)
        return values[np.sort(random.choice(len(values), most, replace=False))]

    def _choose_clusters(self, values: Floats) -> int:
        sample = self._sample(values, SAMPLE_ROWS)
        count = len(sample)
        distances = pairwise_distances(sample)
        scores: dict[int, float] = {}
        for clusters in range(2, min(MOST_CLUSTERS, count - 1) + 1):
            labels = self._partition(sample, clusters)
            if len(np.unique(labels)) > 1:
                scores[clusters] = float(
                    silhouette_score(distances, labels, metric="precomputed")
                )
        return max(scores, key=lambda clusters: scores[clusters], default=1)
