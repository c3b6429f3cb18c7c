"""How far the values of one column fall into separate groups."""

import numpy as np

from toolkit.arrays import Floats


def dip(values: Floats) -> float:
    """Distance of a distribution from the nearest one with a single peak.

    This is the dip of Hartigan and Hartigan, The Annals of Statistics 13 (1985), but that
    the two sides need not meet at the peak, so that it may be a little smaller. With a
    peak at m, the distribution function is convex before m and concave after it, and may
    jump at m only. The further m lies to the right, the larger is the gap below the
    convex side and the smaller the one above the concave side, so the best m is found by
    halving.

    Args:
        values: Shape (rows,), all finite.

    Returns:
        0 for a single value, 0.25 for two that are equally frequent, which is the most;
        about 0.4 / sqrt(rows) for uniform samples. Order is all that a shift or a stretch
        of the values keeps, so neither changes it.
    """
    x, counts = np.unique(values, return_counts=True)
    upper = np.cumsum(counts) / len(values)
    lower = upper - counts / len(values)
    left, right = 0, len(x) - 1
    while right - left > 1:
        middle = (left + right) // 2
        before, after = _gaps(x, lower, upper, middle)
        left, right = (middle, right) if before < after else (left, middle)
    return min(max(_gaps(x, lower, upper, peak)) for peak in (left, right)) / 2


def _gaps(x: Floats, lower: Floats, upper: Floats, peak: int) -> tuple[float, float]:
    """Largest gaps to the convex side before a peak and to the concave one after it.

    Args:
        x: Distinct values in order.
        lower: Share of the rows below each value.
        upper: Share of the rows up to each value.
        peak: Position of the value with the peak.
    """
    before = _convex_gap(x[: peak + 1], lower[: peak + 1], upper[:peak])
    after = _convex_gap(
        -x[peak:][::-1], 1 - upper[peak:][::-1], 1 - lower[peak + 1 :][::-1]
    )
    return before, after


def _convex_gap(x: Floats, lower: Floats, upper: Floats) -> float:
    """How far the tops of steps lie above the lower convex hull of their feet, at most."""
    hull: list[int] = []
    for point in range(len(x)):
        while len(hull) > 1 and _is_above(x, lower, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    gaps = upper - np.interp(x[: len(upper)], x[hull], lower[hull])
    return float(gaps.max(initial=0.0))


def _is_above(x: Floats, heights: Floats, first: int, second: int, third: int) -> bool:
    """Whether the second point lies on or above the line from the first to the third."""
    rise = (heights[second] - heights[first]) * (x[third] - x[first])
    line = (heights[third] - heights[first]) * (x[second] - x[first])
    return bool(rise >= line)
