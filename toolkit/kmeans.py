"""k-means clusters."""

import numpy as np
from sklearn.cluster import KMeans

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer

STARTS = 10


class KMeansClusterer(Clusterer):
    """Rows go to the nearest of k centres; the best of 10 starts."""

    def _partition(self, values: Floats, clusters: int) -> Codes:
        self.model = KMeans(clusters, n_init=STARTS, random_state=self.seed)
        return np.asarray(self.model.fit_predict(values), dtype=np.int64)

    def _assign(self, values: Floats) -> Codes:
        return np.asarray(self.model.predict(values), dtype=np.int64)
