"""Clusters of any shape by single linkage that keeps their sizes from drifting apart."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from toolkit.arrays import Codes, Flags, Floats
from toolkit.clusterer import Clusterer
from toolkit.sampled_labels import SampledLabels
from toolkit.scaler import Scaling
from toolkit.spec import Spec

LEAST_LENGTH = 1e-12
"""Added to each distance: a link of length 0 would be no link in a sparse matrix."""


class GenieClusterer(Clusterer):
    """Merges along the shortest links, the smallest cluster first once sizes are uneven.

    Source: Gagolewski, Bartoszuk and Cena, Information Sciences 363 (2016).

    Args:
        spec: The task as the worker describes it.
        scaling: How numbers are scaled, see `Scaler`.
        components: Principal components, see `Clusterer`.
        inequality: Gini index of the cluster sizes from which on the smallest one is merged;
            1 is plain single linkage.
    """

    sample_rows = 2_000

    def __init__(
        self,
        spec: Spec,
        scaling: Scaling = "standard",
        components: float | None = None,
        inequality: float = 0.3,
    ) -> None:
        super().__init__(spec, scaling, components)
        self.inequality = inequality

    def _partition(self, values: Floats, clusters: int) -> Codes:
        labels = merge_links(spanning_links(values), clusters, self.inequality)
        self.labels = SampledLabels(values, labels)
        return labels

    def _assign(self, values: Floats) -> Codes:
        return self.labels.of(values)


def spanning_links(values: Floats) -> Codes:
    """Links of a minimum spanning tree, shortest first, shape (rows - 1, 2)."""
    apart = squareform(pdist(values)) + LEAST_LENGTH
    tree = minimum_spanning_tree(csr_matrix(apart)).tocoo()
    order = np.argsort(tree.data, kind="stable")
    return np.column_stack([tree.row, tree.col])[order].astype(np.int64)


def merge_links(links: Codes, clusters: int, inequality: float) -> Codes:
    """Merge rows along the links of a tree until so many clusters are left.

    Args:
        links: Links by length, shape (rows - 1, 2).
        clusters: Number of clusters, at most the number of rows.
        inequality: See `GenieClusterer`.

    Returns:
        Labels from 0, shape (rows,).
    """
    rows = len(links) + 1
    owner = np.arange(rows)
    sizes = np.ones(rows, dtype=np.int64)
    is_open = np.ones(len(links), dtype=bool)
    for _ in range(rows - min(clusters, rows)):
        chosen = _next_link(links, owner, sizes, is_open, inequality)
        is_open[chosen] = False
        keeper, joiner = owner[links[chosen]]
        owner[owner == joiner] = keeper
        sizes[keeper] += sizes[joiner]
        sizes[joiner] = 0
    return np.unique(owner, return_inverse=True)[1].astype(np.int64)


def _next_link(
    links: Codes, owner: Codes, sizes: Codes, is_open: Flags, inequality: float
) -> int:
    """The shortest link, or the shortest that takes in a smallest cluster."""
    present = np.sort(sizes[sizes > 0])
    if gini(present) <= inequality:
        return int(np.argmax(is_open))
    is_smallest = sizes[owner[links]] == present[0]
    return int(np.argmax(is_open & is_smallest.any(axis=1)))


def gini(ascending: Codes) -> float:
    """Inequality of sizes: 0 if all are the same, 1 if one has everything."""
    count = len(ascending)
    if count == 1:
        return 0.0
    ranks = 2 * np.arange(1, count + 1) - count - 1
    return float(ranks @ ascending / ((count - 1) * ascending.sum()))
