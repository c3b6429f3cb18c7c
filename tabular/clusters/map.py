"""A two-dimensional map of clusters: the two directions in which rows differ most."""

import json

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_DIGITS = 4


def cluster_map(matrix: Floats, rows: Integers, labels: Integers) -> str:
    """Project sampled rows on their first two principal components.

    Args:
        matrix: Standardised features (all rows, columns).
        rows: The rows to show.
        labels: Cluster of every row.

    Returns:
        JSON with lists of the same length, `rows`, `x`, `y` and `cluster`, and `shares`: of
        the variance along each axis.
    """
    points = matrix[rows] - matrix[rows].mean(axis=0)
    _, spread, axes = np.linalg.svd(points, full_matrices=False)
    axes = np.vstack([axes[:2], np.zeros((2 - min(2, len(axes)), points.shape[1]))])
    # The sign of an axis is arbitrary: its largest part points up.
    axes *= np.where(axes[[0, 1], np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    x, y = np.round(points @ axes.T, _DIGITS).T + 0.0
    total = float((spread**2).sum())
    shares = (spread**2 / total if total else 0.0 * spread).tolist()
    return json.dumps(
        {
            "rows": rows.tolist(),
            "x": x.tolist(),
            "y": y.tolist(),
            "cluster": labels[rows].tolist(),
            "shares": [round(share, _DIGITS) for share in (*shares, 0.0)[:2]],
        }
    )
