"""Clusters as dense regions; rows between them are noise."""

import numpy as np
from sklearn.cluster import HDBSCAN

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer
from toolkit.sampled_labels import SampledLabels
from toolkit.scaler import Scaling
from toolkit.spec import Spec

FEWEST_ROWS = 5
SIZE_FACTORS = (1.0, 2.0, 0.5, 4.0, 0.25)


class DensityClusterer(Clusterer):
    """Dense regions that last over many densities (HDBSCAN).

    Source: Campello, Moulavi and Sander, PAKDD 2013. The number of clusters follows from the
    smallest size of one: where a number is asked for, sizes around the given one are tried,
    and the one that comes nearest is taken.

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Principal components, see `Clusterer`.
        smallest: Size of the smallest cluster, as a share of the rows.
    """

    sample_rows = 3_000

    def __init__(
        self,
        spec: Spec,
        scaling: Scaling = "standard",
        components: float | None = None,
        smallest: float = 0.05,
    ) -> None:
        super().__init__(spec, scaling, components)
        self.smallest = smallest

    def _choose_clusters(self, values: Floats) -> int:
        return 0

    def _partition(self, values: Floats, clusters: int) -> Codes:
        factors = SIZE_FACTORS if clusters else SIZE_FACTORS[:1]
        found = [self._regions(values, factor) for factor in factors]
        labels = min(found, key=lambda one: abs(one.max() + 1 - clusters))
        self.labels = SampledLabels(values, labels)
        return labels

    def _regions(self, values: Floats, factor: float) -> Codes:
        size = max(FEWEST_ROWS, round(self.smallest * factor * len(values)))
        if len(values) <= size:
            return np.zeros(len(values), dtype=np.int64)
        model = HDBSCAN(
            min_cluster_size=size,
            min_samples=min(FEWEST_ROWS, len(values)),
            copy=True,
        )
        return np.asarray(model.fit_predict(values), dtype=np.int64)

    def _assign(self, values: Floats) -> Codes:
        return self.labels.of(values)
