"""Silhouette (Rousseeuw 1987): how much nearer rows are to their own cluster."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SAMPLED_ROWS = 5000
_CHUNK_ROWS = 1000
_SEED = 20241


def silhouette(
    matrix: npt.NDArray[np.generic],
    labels: npt.NDArray[np.generic],
    weight: Floats | None = None,
) -> float:
    """Mean silhouette of a clustering, measured on at most 5000 sampled rows.

    Args:
        matrix: Standardised features (rows, columns).
        labels: Cluster of each row; rows of noise (-1) count as 0.
        weight: One weight per row, or None.

    Returns:
        From -1 to 1; -1 if there are fewer than two clusters.
    """
    rows = sample_rows(len(labels))
    sampled = None if weight is None else weight[rows]
    return mean_silhouettes(matrix[rows], [labels[rows].astype(np.int64)], sampled)[0]


def sample_rows(rows: int, limit: int = SAMPLED_ROWS) -> Integers:
    """The rows that are looked at, always the same ones for a table of this length."""
    if rows <= limit:
        return np.arange(rows)
    chosen = np.random.default_rng(_SEED).choice(rows, limit, replace=False)
    return np.sort(chosen)


def mean_silhouettes(
    matrix: npt.NDArray[np.generic],
    labelings: Sequence[Integers],
    weight: Floats | None = None,
) -> list[float]:
    """Score several clusterings of the same rows; the distances are computed once.

    Args:
        matrix: Features (rows, columns); time and memory grow with rows squared and rows.
        labelings: Cluster of each row, per clustering.
        weight: One weight per row, or None.

    Returns:
        One mean per clustering, as `silhouette` defines it.
    """
    points = matrix.astype(np.float64)
    points -= points.mean(axis=0)
    members = [_one_hot(labels) for labels in labelings]
    widths = np.zeros((len(labelings), len(points)))
    for start in range(0, len(points), _CHUNK_ROWS):
        part = slice(start, start + _CHUNK_ROWS)
        apart = _distances(points[part], points)
        for index, member in enumerate(members):
            if member.shape[1] > 1:
                widths[index, part] = _widths(apart @ member, member[part], member)
    return [
        float(np.average(width, weights=weight)) if member.shape[1] > 1 else -1.0
        for width, member in zip(widths, members, strict=True)
    ]


def _one_hot(labels: Integers) -> Floats:
    """Clusters as columns; rows of noise belong to none."""
    clusters = np.unique(labels[labels >= 0])
    one_hot: Floats = (labels[:, None] == clusters).astype(np.float64)
    return one_hot


def _distances(some: Floats, others: Floats) -> Floats:
    squared = -2.0 * (some @ others.T)
    squared += (some**2).sum(axis=1)[:, None]
    squared += (others**2).sum(axis=1)
    return np.sqrt(np.maximum(squared, 0.0, out=squared), out=squared)


def _widths(totals: Floats, own: Floats, member: Floats) -> Floats:
    """Widths of some rows from their total distances to every cluster."""
    sizes = member.sum(axis=0)
    is_own = own > 0
    own_size = own @ sizes
    within = (totals * own).sum(axis=1) / np.maximum(own_size - 1, 1)
    nearest = np.where(is_own, np.inf, totals / sizes).min(axis=1)
    larger = np.maximum(within, nearest)
    widths = np.divide(
        nearest - within, larger, out=np.zeros(len(own)), where=larger > 0
    )
    return np.where(own_size > 1, widths, 0.0)
