"""How far the values of one column fall into separate groups."""

import numpy as np

from toolkit.arrays import Floats


def dip(values: Floats) -> float:
    """Distance of a distribution from the nearest one with a single peak.

    The idea is the dip of Hartigan and Hartigan, The Annals of Statistics 13 (1985): with
    a peak at m, the distribution function is convex before m and concave after it. The
    further m lies to the right, the larger is the gap below the convex side and the
    smaller the one above the concave side, so the best m is found by halving.

    Args:
        values: Shape (rows,), all finite.

    Returns:
        0 for a single value, up to 0.25 for two distant ones; about 0.4 / sqrt(rows) for
        uniform samples. Order is all that a shift or a stretch of the values keeps, so
        neither changes it.
    """
    x, counts = np.unique(values, return_counts=True)
    heights = (np.cumsum(counts) - counts / 2) / len(values)
    left, right = 0, len(x) - 1
    while right - left > 1:
        middle = (left + right) // 2
        before, after = _gaps(x, heights, middle)
        left, right = (middle, right) if before < after else (left, middle)
    return min(max(_gaps(x, heights, peak)) for peak in (left, right)) / 2


def _gaps(x: Floats, heights: Floats, peak: int) -> tuple[float, float]:
    """Largest gaps to the convex side before a peak and to the concave one after it."""
    before = _convex_gap(x[: peak + 1], heights[: peak + 1])
    after = _convex_gap(-x[peak:][::-1], 1 - heights[peak:][::-1])
    return before, after


def _convex_gap(x: Floats, heights: Floats) -> float:
    """How far points lie above their lower convex hull, at most."""
    hull: list[int] = []
    for point in range(len(x)):
        while len(hull) > 1 and _is_above(x, heights, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return float((heights - np.interp(x, x[hull], heights[hull])).max())


def _is_above(x: Floats, heights: Floats, first: int, second: int, third: int) -> bool:
    """Whether the second point lies on or above the line from the first to the third."""
    rise = (heights[second] - heights[first]) * (x[third] - x[first])
    line = (heights[third] - heights[first]) * (x[second] - x[first])
    return bool(rise >= line)
