"""Links between rows that are nearest neighbours, and how many of them a partition cuts."""

import numpy as np
import numpy.typing as npt
import scipy

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEIGHBORS = 10
_TREE_COLUMNS = 12
"""With more columns a tree is no faster than all distances."""
_CHUNK_ROWS = 500


def neighbor_links(
    points: Floats, neighbors: int = NEIGHBORS
) -> "scipy.sparse.csr_array":
    """Link each row with its nearest others.

    Args:
        points: Rows (rows, columns).
        neighbors: How many.

    Returns:
        Symmetric matrix (rows, rows) of ones and zeros, none on the diagonal.
    """
    rows, count = len(points), min(neighbors, len(points) - 1)
    if count < 1:
        return scipy.sparse.csr_array((rows, rows))
    nearest = _nearest(points, count)
    from_rows = np.repeat(np.arange(rows), count)
    values = np.ones(len(from_rows))
    places = (from_rows, nearest.ravel())
    one_way = scipy.sparse.coo_array((values, places), (rows, rows))
    links = scipy.sparse.csr_array(one_way)
    return scipy.sparse.csr_array(links.maximum(links.T))


def _nearest(points: Floats, count: int) -> Integers:
    """Nearest others of each row, shape (rows, count)."""
    if points.shape[1] <= _TREE_COLUMNS:
        found = scipy.spatial.KDTree(points).query(points, count + 1)[1]
        return _without_self(np.asarray(found, dtype=np.int64), count)
    squares = (points**2).sum(axis=1)
    parts = []
    for start in range(0, len(points), _CHUNK_ROWS):
        some = np.arange(start, min(start + _CHUNK_ROWS, len(points)))
        apart = squares - 2 * points[some] @ points.T
        apart[np.arange(len(some)), some] = np.inf
        parts.append(np.argpartition(apart, count - 1, axis=1)[:, :count])
    return np.concatenate(parts)


def _without_self(found: Integers, count: int) -> Integers:
    """Drop each row from its own neighbours; among many copies it may not be there."""
    is_self = found == np.arange(len(found))[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    others: Integers = found[~is_self].reshape(len(found), count)
    return others


def cut_share(links: "scipy.sparse.csr_array", labels: Integers) -> float:
    """Mean over clusters of the share of their links that leave them.

    This is the normalised cut (Shi and Malik, IEEE PAMI 22, 2000) per cluster.

    Args:
        links: From `neighbor_links`.
        labels: Cluster of each row; links to noise (-1) count as leaving.

    Returns:
        From 0 to 1; 1 if there is no cluster.
    """
    known = np.unique(labels[labels >= 0])
    if not len(known):
        return 1.0
    member = (labels[:, None] == known).astype(np.float64)
    ends = member.T @ np.asarray(links.sum(axis=1)).ravel()
    inside = (member * (links @ member)).sum(axis=0)
    return float(np.mean(1.0 - inside / np.maximum(ends, 1.0)))
