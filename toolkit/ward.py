"""Clusters by merging the most similar rows, again and again."""

from typing import Literal

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.neighbors import KNeighborsClassifier

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer
from toolkit.scaler import Scaling
from toolkit.spec import Spec

MERGED_ROWS = 3_000
"""Merging takes all pairs of rows; a larger table is merged on a sample of this size."""


class WardClusterer(Clusterer):
    """Hierarchical clusters of a sample; other rows join their nearest sampled row.

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Principal components, see `Clusterer`.
        linkage: What makes two clusters similar, as scipy names it.
    """

    def __init__(
        self,
        spec: Spec,
        scaling: Scaling = "standard",
        components: float | None = None,
        linkage: Literal["ward", "average", "complete"] = "ward",
    ) -> None:
        super().__init__(spec, scaling, components)
        self.linkage = linkage

    def _partition(self, values: Floats, clusters: int) -> Codes:
        sample = values
        if len(values) > MERGED_ROWS:
            random = np.random.default_rng(self.seed)
            kept = random.choice(len(values), MERGED_ROWS, replace=False)
            sample = values[np.sort(kept)]
        labels = np.zeros(len(sample), dtype=np.int64)
        if len(sample) > 1:
            merges = linkage(sample, self.linkage)
            labels = fcluster(merges, clusters, criterion="maxclust") - 1
        self.nearest = KNeighborsClassifier(n_neighbors=1).fit(sample, labels)
        return self._assign(values)

    def _assign(self, values: Floats) -> Codes:
        return np.asarray(self.nearest.predict(values), dtype=np.int64)
