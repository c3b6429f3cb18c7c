"""A two-dimensional map of clusters: the two directions in which rows differ most."""

import numpy as np
import numpy.typing as npt

from schemas.clusters import MapPoints

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_DIGITS = 4


def cluster_map(matrix: Floats, rows: Integers, labels: Integers) -> MapPoints:
    """Project sampled rows on their first two principal components.

    Args:
        matrix: Standardised features (all rows, columns).
        rows: The rows to show.
        labels: Cluster of every row.
    """
    points = matrix[rows] - matrix[rows].mean(axis=0)
    _, spread, axes = np.linalg.svd(points, full_matrices=False)
    axes = np.vstack([axes[:2], np.zeros((2 - min(2, len(axes)), points.shape[1]))])
    # The sign of an axis is arbitrary: its largest part points up.
    axes *= np.where(axes[[0, 1], np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    x, y = np.round(points @ axes.T, _DIGITS).T + 0.0
    total = float((spread**2).sum())
    shares = (spread**2 / total if total else 0.0 * spread).tolist()
    first, second = (round(share, _DIGITS) for share in (*shares, 0.0)[:2])
    return MapPoints(
        rows=tuple(rows.tolist()),
        x=tuple(x.tolist()),
        y=tuple(y.tolist()),
        cluster=tuple(labels[rows].tolist()),
        shares=(first, second),
    )
