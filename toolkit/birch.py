"""Clusters of small groups that are met while reading the rows once."""

import warnings

import numpy as np
from sklearn.cluster import Birch
from sklearn.exceptions import ConvergenceWarning

from toolkit.arrays import Codes, Floats
from toolkit.clusterer import Clusterer

FEWEST_GROUPS_PER_CLUSTER = 10
LARGEST_RADIUS_SHARE = 0.5
MOST_HALVINGS = 6


class BirchClusterer(Clusterer):
    """Merges the centres of small groups of rows, as Ward would merge the rows.

    Source: Zhang, Ramakrishnan and Livny, SIGMOD 1996. The radius of the groups begins at half
    the spread of the rows and is halved until there are ten groups for each cluster; in many
    columns every row may be a group then, so that more rows than Ward takes are not worth it.
    """

    sample_rows = 5_000

    def _partition(self, values: Floats, clusters: int) -> Codes:
        radius = LARGEST_RADIUS_SHARE * float(np.sqrt(values.var(axis=0).sum()))
        wanted = min(FEWEST_GROUPS_PER_CLUSTER * clusters, len(values) // 2)
        for _ in range(MOST_HALVINGS):
            self.model = Birch(n_clusters=None, threshold=max(radius, 1e-9))
            self.model.fit(values)
            if len(self.model.subcluster_centers_) >= wanted:
                break
            radius /= 2
        if len(self.model.subcluster_centers_) > 1:
            self._merge(clusters)
        return self._assign(values)

    def _merge(self, clusters: int) -> None:
        with warnings.catch_warnings():
            # Fewer groups than clusters: some clusters stay empty.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.model.set_params(n_clusters=clusters)
            self.model.partial_fit()

    def _assign(self, values: Floats) -> Codes:
        return np.asarray(self.model.predict(values), dtype=np.int64)
