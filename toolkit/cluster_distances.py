"""New columns that say how far a row lies from the middles of groups of rows."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from toolkit.columns import medians, numbers
from toolkit.feature_columns import new_columns
from toolkit.scaler import Scaler

LARGEST_SAMPLE = 5_000


class ClusterDistances:
    """Distances to the centres of k-means on scaled numbers.

    Centres are ordered along the first column, so that those of two folds correspond.

    Args:
        columns: Names of columns of numbers.
        clusters: Number of centres.
        seed: Seed of the sample and of the first centres.
    """

    def __init__(
        self, columns: Sequence[str], clusters: int = 6, seed: int = 0
    ) -> None:
        self.columns = list(columns)
        self.clusters = clusters
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Find the centres; `y` is not looked at."""
        values = numbers(X, self.columns)
        self.medians = medians(values)
        values = np.where(np.isnan(values), self.medians, values)
        self.scaler = Scaler("robust", self.seed).fit(values)
        order = np.random.default_rng(self.seed).permutation(len(values))
        sample = self.scaler.transform(values[order[:LARGEST_SAMPLE]])
        few = min(self.clusters, len(np.unique(sample, axis=0)))
        model = KMeans(few, n_init=3, random_state=self.seed).fit(sample)
        self.centres = model.cluster_centers_[
            np.argsort(model.cluster_centers_[:, 0], kind="stable")
        ]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Columns `distance to centre 1`, `distance to centre 2`, ..."""
        values = numbers(X, self.columns)
        values = np.where(np.isnan(values), self.medians, values)
        steps = self.scaler.transform(values)[:, None, :] - self.centres[None, :, :]
        distances = np.sqrt((steps**2).sum(axis=2))
        columns = {
            f"distance to centre {number + 1}": distances[:, number]
            for number in range(distances.shape[1])
        }
        return new_columns(columns, X)
