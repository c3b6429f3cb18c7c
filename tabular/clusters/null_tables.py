"""Tables without clusters that look like a given one, to hold partitions against."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def tables_without_structure(
    points: Floats, random: np.random.Generator
) -> Iterator[Floats]:
    """Tables with the rows, columns and spread of one, but without clusters, without end.

    In turns, rows are uniform in the box of the principal axes, and normal with the same
    covariance. Columns of two values (the levels of categories) are permuted instead, because
    the gaps between such values are no structure.

    Args:
        points: Rows (rows, columns).
        random: Where all that is drawn comes from.
    """
    is_discrete = np.array([len(np.unique(column)) <= 2 for column in points.T])  # noqa: PLR2004
    centred = points[:, ~is_discrete] - points[:, ~is_discrete].mean(axis=0)
    axes = np.eye(0)
    if centred.size:
        axes = np.linalg.svd(centred, full_matrices=False)[2]
    along = centred @ axes.T
    low, high, spread = along.min(axis=0), along.max(axis=0), along.std(axis=0)
    is_normal = False
    while True:
        drawn = points.copy()
        if is_normal:
            new = random.normal(size=along.shape) * spread
        else:
            new = random.uniform(low, high, along.shape)
        drawn[:, ~is_discrete] = new @ axes
        for column in np.flatnonzero(is_discrete):
            drawn[:, column] = random.permutation(drawn[:, column])
        is_normal = not is_normal
        yield drawn
