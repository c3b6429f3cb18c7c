"""Numbers as shares of bins, by which a linear model can bend."""

from typing import Self

import numpy as np

from toolkit.arrays import Floats


class PiecewiseEncoder:
    """Shows how much of each of a column's bins lies below a number.

    Bins hold about as many training rows each and end at values of theirs. Those below a
    number are 1, those above it 0, and its own is the share of it that lies below the
    number, so that a sum of bins with weights is a line with a corner at each edge, flat
    beyond the smallest and the largest number.

    Source: piecewise linear encoding (Gorishniy et al., NeurIPS 2022).

    Args:
        bins: Most bins of a column; values that return often leave it fewer.
    """

    def __init__(self, bins: int) -> None:
        self.bins = bins

    def fit(self, values: Floats) -> Self:
        """Learn the edges of each column of `values`, shape (rows, columns), all finite."""
        shares = np.linspace(0, 1, self.bins + 1)
        edges = np.quantile(values, shares, axis=0, method="nearest")
        starts, widths = edges[:-1].T, np.diff(edges, axis=0).T
        self.columns, chosen = np.nonzero(widths > np.finfo(np.float64).tiny ** 0.5)
        self.starts = starts[self.columns, chosen]
        self.widths = widths[self.columns, chosen]
        return self

    def transform(self, values: Floats) -> Floats:
        """Shares in [0, 1], shape (rows, bins of all columns)."""
        passed = (values[:, self.columns] - self.starts) / self.widths
        return np.clip(passed, 0.0, 1.0, out=passed)
