"""Partitions of a small sample by four usual methods, into several numbers of clusters."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import eigsh
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from tabular.clusters.judge import leading_components
from tabular.clusters.neighbors import neighbor_links

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Partitions = dict[tuple[str, int], Integers]
"""Labels by method and number of clusters."""

_STARTS = 3
_VARIANCE_FLOOR = 1e-3
_MOST_STEPS = 60


def usual_partitions(points: Floats, numbers: Sequence[int], seed: int) -> Partitions:
    """Partitions by k-means, Ward's linkage, spectral clustering and a Gaussian mixture.

    Args:
        points: Rows (rows, columns).
        numbers: Numbers of clusters, ascending.
        seed: Seed of all that is drawn.
    """
    tree = linkage(points, "ward")
    space = spectral_space(neighbor_links(points), numbers[-1])
    components = leading_components(points)
    found: Partitions = {}
    for number in numbers:
        cut = fcluster(tree, number, criterion="maxclust") - 1
        found["ward", number] = cut.astype(np.int64)
        found["spectral", number] = _kmeans(space[:, :number], number, seed)
        found["kmeans", number] = _kmeans(points, number, seed)
        model = mixture(number, seed)
        found["mixture", number] = model.fit_predict(components).astype(np.int64)
    return found


def mixture(number: int, seed: int) -> GaussianMixture:
    """An unfitted mixture of so many normal distributions."""
    return GaussianMixture(
        number, reg_covar=_VARIANCE_FLOOR, max_iter=_MOST_STEPS, random_state=seed
    )


def spectral_space(links: csr_array, most: int) -> Floats:
    """Leading eigenvectors of the random walk along links, shape (rows, most)."""
    rows = links.shape[0]
    degrees = np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)
    scale = diags_array(1 / np.sqrt(degrees))
    # Shifted by the identity all eigenvalues are positive, so the largest are wanted.
    walk = scale @ links @ scale + diags_array(np.ones(rows))
    if most >= rows - 1:
        values, vectors = np.linalg.eigh(walk.toarray())
    else:
        values, vectors = eigsh(walk, k=most, which="LM", v0=np.sqrt(degrees))
    leading = vectors[:, np.argsort(-values)[:most]]
    space: Floats = leading / np.sqrt(degrees)[:, None]
    return space


def _kmeans(points: Floats, number: int, seed: int) -> Integers:
    model = KMeans(number, n_init=_STARTS, random_state=seed)
    return np.asarray(model.fit_predict(points), dtype=np.int64)
