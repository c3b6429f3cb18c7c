"""Clusters by merging the most similar rows, again and again."""

from typing import Literal

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer
from toolkit.sampled_labels import SampledLabels
from toolkit.scaler import Scaling
from toolkit.spec import Spec


class WardClusterer(Clusterer):
    """Hierarchical clusters of a sample; other rows join their nearest sampled row.

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Principal components, see `Clusterer`.
        linkage: What makes two clusters similar, as scipy names it.
    """

    sample_rows = 3_000

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
        labels = np.zeros(len(values), dtype=np.int64)
        if len(values) > 1:
            merges = linkage(values, self.linkage)
            labels = fcluster(merges, clusters, criterion="maxclust") - 1
        self.labels = SampledLabels(values, labels.astype(np.int64))
        return labels

    def _assign(self, values: Floats) -> Codes:
        return self.labels.of(values)
