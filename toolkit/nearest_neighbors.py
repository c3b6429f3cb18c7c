"""Votes of the most similar training rows."""

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors as NeighborIndex

from toolkit.arrays import Codes, Floats
from toolkit.dense_encoder import DenseEncoder
from toolkit.estimator import Estimator
from toolkit.scaler import Scaling
from toolkit.spec import Spec

MAXIMUM_ROWS = 50_000


class NearestNeighbors(Estimator):
    """Weighs each neighbour by the inverse of its distance.

    Args:
        spec: The task as the worker describes it.
        neighbors: How many rows vote.
        scaling: How numbers are scaled, see `Scaler`.
    """

    def __init__(
        self, spec: Spec, neighbors: int = 20, scaling: Scaling = "quantile"
    ) -> None:
        super().__init__(spec)
        self.neighbors = neighbors
        self.encoder = DenseEncoder(
            scaling, spec.seed, is_classification=self.is_classification
        )

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        values = self.encoder.fit_transform(table, target)
        kept = np.arange(len(values))
        if len(values) > MAXIMUM_ROWS:
            random = np.random.default_rng(self.spec.seed)
            kept = np.sort(random.choice(len(values), MAXIMUM_ROWS, replace=False))
        count = min(self.neighbors, len(kept))
        self.index = NeighborIndex(n_neighbors=count, n_jobs=self.spec.n_threads)
        self.index.fit(values[kept])
        self.weight = np.ones(len(kept)) if weight is None else weight[kept]
        if self.is_classification:
            self.votes = np.eye(len(self.present))[target[kept].astype(np.int64)]
        else:
            self.votes = target[kept].astype(np.float64)[:, None]

    def _predict(self, table: pd.DataFrame) -> Floats:
        distances, rows = self.index.kneighbors(self.encoder.transform(table))
        nearness = self.weight[rows] / (distances + 1e-6) + np.finfo(np.float64).tiny
        nearness /= nearness.sum(axis=1, keepdims=True)
        votes: Floats = np.einsum("rk,rkc->rc", nearness, self.votes[rows])
        return votes if self.is_classification else votes[:, 0]
