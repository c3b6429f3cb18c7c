"""Scaling of numeric columns for models that measure distances or sums."""

from typing import Literal, Self

import numpy as np
from sklearn.preprocessing import QuantileTransformer

from toolkit.arrays import Floats

Scaling = Literal["standard", "robust", "quantile"]
CLIP = 3.0
FURTHEST = 5.0
"""Where values that are not bent end."""
MAXIMUM_QUANTILES = 1000


def smooth_clip(values: Floats) -> Floats:
    """Bend values softly into (-3, 3), leaving small ones as they are.

    Source: RealMLP (Holzmueller et al., NeurIPS 2024).
    """
    bent: Floats = values / np.sqrt(1 + (values / CLIP) ** 2)
    return bent


class Scaler:
    """Centres and scales columns without missing values.

    `standard` divides by the standard deviation, `robust` by the interquartile range
    (or half the full range where that is zero); both end in a smooth clip, or keep distances
    as they are up to 5. `quantile` maps ranks to a normal distribution. A constant column
    becomes zeros.

    Args:
        scaling: How.
        seed: Seed of the sample that quantiles are taken from.
        is_bent: Whether large values are bent softly instead of cut.
    """

    def __init__(self, scaling: Scaling, seed: int, *, is_bent: bool = True) -> None:
        self.scaling = scaling
        self.seed = seed
        self.is_bent = is_bent

    def fit(self, values: Floats) -> Self:
        """Learn centre and scale of each column of `values`, shape (rows, columns)."""
        self.is_empty = values.shape[1] == 0
        if self.is_empty:
            return self
        match self.scaling:
            case "standard":
                self.centre, self.scale = values.mean(axis=0), values.std(axis=0)
            case "robust":
                low, self.centre, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
                half_range = (values.max(axis=0) - values.min(axis=0)) / 2
                self.scale = np.where(high > low, high - low, half_range)
            case "quantile":
                quantiles = min(MAXIMUM_QUANTILES, len(values))
                self.ranks = QuantileTransformer(
                    n_quantiles=quantiles,
                    output_distribution="normal",
                    random_state=self.seed,
                ).fit(values)
        return self

    def transform(self, values: Floats) -> Floats:
        """Scale `values`, shape (rows, columns)."""
        if self.is_empty:
            return values
        if self.scaling == "quantile":
            return np.asarray(self.ranks.transform(values), dtype=np.float64)
        is_flat = self.scale < np.finfo(np.float64).tiny ** 0.5
        scaled = (values - self.centre) / np.where(is_flat, 1.0, self.scale)
        scaled[:, is_flat] = 0.0
        if self.is_bent:
            return smooth_clip(scaled)
        cut: Floats = np.clip(scaled, -FURTHEST, FURTHEST)
        return cut
