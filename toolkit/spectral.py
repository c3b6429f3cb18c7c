"""Clusters that hang together by nearest neighbours, whatever their shape."""

import warnings

import numpy as np
from sklearn.cluster import SpectralClustering

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer
from toolkit.sampled_labels import SampledLabels
from toolkit.scaler import Scaling
from toolkit.spec import Spec


class SpectralClusterer(Clusterer):
    """Cuts the graph of nearest neighbours of a sample where it is thinnest.

    Source: Ng, Jordan and Weiss, NIPS 2001, as scikit-learn carries it out.

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Principal components, see `Clusterer`.
        neighbors: Nearest rows that each row is linked with.
    """

    sample_rows = 2_000

    def __init__(
        self,
        spec: Spec,
        scaling: Scaling = "standard",
        components: float | None = None,
        neighbors: int = 10,
    ) -> None:
        super().__init__(spec, scaling, components)
        self.neighbors = neighbors

    def _partition(self, values: Floats, clusters: int) -> Codes:
        labels = np.zeros(len(values), dtype=np.int64)
        if 1 < clusters < len(values) - 1:
            labels = self._cut(values, clusters)
        self.labels = SampledLabels(values, labels)
        return labels

    def _cut(self, values: Floats, clusters: int) -> Codes:
        model = SpectralClustering(
            clusters,
            affinity="nearest_neighbors",
            n_neighbors=min(self.neighbors, len(values) - 1),
            random_state=self.seed,
        )
        with warnings.catch_warnings():
            # A graph in several pieces is just what clear clusters look like.
            warnings.simplefilter("ignore", UserWarning)
            return np.asarray(model.fit_predict(values), dtype=np.int64)

    def _assign(self, values: Floats) -> Codes:
        return self.labels.of(values)
