"""Labels of a sample of rows, carried over to all others."""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from toolkit.arrays import Codes, Floats

KD_TREE_COLUMNS = 8
"""Up to so many columns a tree finds the nearest row faster than comparing with all."""


class SampledLabels:
    """Gives every row the label of the sampled row nearest to it.

    Args:
        sample: Labelled rows, shape (rows, columns).
        labels: Their labels, shape (rows,); -1 is noise and is carried over as well.
        is_cityblock: Whether nearness sums absolute differences instead of squares.
    """

    def __init__(
        self, sample: Floats, labels: Codes, *, is_cityblock: bool = False
    ) -> None:
        is_flat = sample.shape[1] <= KD_TREE_COLUMNS
        self.nearest = KNeighborsClassifier(
            n_neighbors=1,
            algorithm="kd_tree" if is_flat else "brute",
            metric="cityblock" if is_cityblock else "euclidean",
        ).fit(sample, labels)

    def of(self, values: Floats) -> Codes:
        """Labels of rows, shape (rows,)."""
        return np.asarray(self.nearest.predict(values), dtype=np.int64)
