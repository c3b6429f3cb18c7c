"""Ranges of hyperparameters, as coordinates from 0 to 1.

The ranges are facts: those in which TabArena (2025) searches for each family, cut to what
our blocks take; bins are ours.
"""

import math
from dataclasses import dataclass

from proposers.expert.sources import Setting


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds.

    Attributes:
        low: Lower bound, above 0 if the scale is logarithmic.
        high: Upper bound.
        is_log: Whether steps are factors.
        is_whole: Whether only whole numbers count.
    """

    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False

    def place(self, value: Setting) -> float:
        """Coordinate of a value."""
        number = float(value) if isinstance(value, int | float) else self.low
        number = min(max(number, self.low), self.high)
        start, end = self._scaled(self.low), self._scaled(self.high)
        return (self._scaled(number) - start) / (end - start)

    def value(self, place: float) -> Setting:
        """Value at a coordinate, with three digits."""
        start, end = self._scaled(self.low), self._scaled(self.high)
        scaled = start + place * (end - start)
        number = math.exp(scaled) if self.is_log else scaled
        return round(number) if self.is_whole else float(f"{number:.3g}")

    def _scaled(self, number: float) -> float:
        return math.log(number) if self.is_log else number


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, in an order in which neighbours are alike."""

    values: tuple[Setting, ...]

    def place(self, value: Setting) -> float:
        """Coordinate of a value: the middle of its share."""
        found = self.values.index(value) if value in self.values else 0
        return (found + 0.5) / len(self.values)

    def value(self, place: float) -> Setting:
        """Value at a coordinate."""
        return self.values[min(int(place * len(self.values)), len(self.values) - 1)]


Range = Number | Choice

_SCALINGS = Choice(("standard", "robust", "quantile"))
_CLUSTERER: dict[str, Range] = {
    "scaling": _SCALINGS,
    "components": Choice((None, 0.95, 0.9, 0.8, 0.7, 3, 2)),
}
"""What all clusterers share."""

SPACES: dict[str, dict[str, Range]] = {
    "linear": {
        "penalties": Choice(
            ((0.01, 0.1, 1.0), (0.3, 3.0, 30.0), (10.0, 100.0, 1000.0))
        ),
        "scaling": _SCALINGS,
        "bins": Choice((0, 8, 16, 32)),
    },
    "lightgbm": {
        "num_leaves": Number(2, 200, is_log=True, is_whole=True),
        "learning_rate": Number(0.01, 0.1, is_log=True),
        "feature_fraction": Number(0.4, 1.0),
        "bagging_fraction": Number(0.7, 1.0),
        "min_data_in_leaf": Number(1, 64, is_log=True, is_whole=True),
        "lambda_l1": Number(1e-4, 1.0, is_log=True),
        "lambda_l2": Number(1e-4, 2.0, is_log=True),
        "extra_trees": Choice((False, True)),
        "cat_smooth": Number(1e-3, 100.0, is_log=True),
        "max_cat_to_onehot": Number(8, 100, is_log=True, is_whole=True),
    },
    "catboost": {
        "depth": Number(4, 8, is_whole=True),
        "learning_rate": Number(0.01, 0.1, is_log=True),
        "l2_leaf_reg": Number(1e-4, 5.0, is_log=True),
        "random_strength": Number(0.1, 2.0, is_log=True),
        "subsample": Number(0.7, 1.0),
        "one_hot_max_size": Number(8, 100, is_log=True, is_whole=True),
    },
    "xgboost": {
        "max_depth": Number(3, 10, is_whole=True),
        "learning_rate": Number(0.01, 0.1, is_log=True),
        "min_child_weight": Number(1e-3, 5.0, is_log=True),
        "subsample": Number(0.6, 1.0),
        "colsample_bynode": Number(0.6, 1.0),
        "reg_alpha": Number(1e-4, 5.0, is_log=True),
        "reg_lambda": Number(1e-4, 5.0, is_log=True),
    },
    "ebm": {
        "interactions": Choice((0, 5, 10, 20)),
        "max_bins": Choice((64, 256, 1024)),
    },
    "extra_trees": {
        "max_features": Choice(("sqrt", 0.5, 0.75, 1.0)),
        "min_samples_leaf": Number(1, 16, is_log=True, is_whole=True),
        "min_samples_split": Number(2, 32, is_log=True, is_whole=True),
    },
    "mlp": {
        "width": Number(48, 256, is_log=True, is_whole=True),
        "layers": Number(1, 4, is_whole=True),
        "dropout": Number(0.0, 0.4),
        "decay": Number(1e-3, 0.2, is_log=True),
        "rate_factor": Number(0.3, 3.0, is_log=True),
        "bins": Choice((0, 6, 12, 24, 48)),
    },
    "gaussian_process": {
        "roughness": Choice(("smooth", "rough")),
        "rows": Number(200, 1_000, is_log=True, is_whole=True),
        "spread": Number(0.15, 1.5, is_log=True),
        "scaling": _SCALINGS,
    },
    "neighbors": {
        "neighbors": Number(3, 200, is_log=True, is_whole=True),
        "scaling": _SCALINGS,
    },
    "kmeans": _CLUSTERER,
    "medoids": _CLUSTERER,
    "birch": _CLUSTERER,
    "gaussian_mixture": {
        **_CLUSTERER,
        "covariance": Choice(("full", "tied", "diag", "spherical")),
    },
    "hierarchical": {
        **_CLUSTERER,
        "linkage": Choice(("ward", "average", "complete")),
    },
    "spectral": {
        **_CLUSTERER,
        "neighbors": Number(4, 40, is_log=True, is_whole=True),
    },
    "genie": {**_CLUSTERER, "inequality": Number(0.05, 0.8)},
    "density": {**_CLUSTERER, "smallest": Number(0.01, 0.15, is_log=True)},
}
