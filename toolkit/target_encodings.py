"""New columns that say how the target behaves at each level of a category."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd

from toolkit.category_crosses import crossed
from toolkit.feature_columns import Pair, new_columns
from toolkit.levels import Levels
from toolkit.target_means import TargetMeans

MOST_CLASSES = 10
BINARY_CLASSES = 2


class TargetEncodings:
    """Smoothed mean of the target per level; a class counts as membership of it.

    A program made of it needs `needs_y = True`: then the worker cross-fits it, so that no
    training row gets a mean that its own target is part of.

    Args:
        columns: Categories, or pairs of them that are taken together.
        classes: Number of classes; 0 for regression. Two classes give one column, more
            give one for each of the first ten.
    """

    def __init__(self, columns: Sequence[str | Pair], classes: int = 0) -> None:
        self.columns = [(c,) if isinstance(c, str) else tuple(c) for c in columns]
        self.targets: list[int | None] = [None]
        if classes:
            first = 1 if classes == BINARY_CLASSES else 0
            self.targets = [*range(first, min(classes, MOST_CLASSES + first))]

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn the means of each level.

        Raises:
            ValueError: There is no target.
        """
        if y is None:
            raise ValueError("target encodings need a target")
        known = np.asarray(y, dtype=np.float64)
        self.levels = {names: Levels().fit(crossed(X, names)) for names in self.columns}
        self.means: dict[tuple[tuple[str, ...], int | None], TargetMeans] = {}
        for names, levels in self.levels.items():
            codes = levels.codes(crossed(X, names))
            for target in self.targets:
                values = known if target is None else (known == target).astype(float)
                means = TargetMeans(len(levels.index), seed=0)
                means.fit(codes, values[:, None])
                self.means[names, target] = means
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Columns like `target by town` or `class 2 by town & job`."""
        columns = {}
        for names, levels in self.levels.items():
            codes = levels.codes(crossed(X, names))
            for target in self.targets:
                what = "target" if target is None else f"class {target}"
                values = self.means[names, target].transform(codes)[:, 0]
                columns[f"{what} by {' & '.join(names)}"] = values
        return new_columns(columns, X)
