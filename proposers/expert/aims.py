"""What boosting minimises where the metric asks for something else than squared errors."""

from typing import NamedTuple

from proposers.expert.sources import Setting
from tabular.metrics import quantile_level

ABSOLUTE_METRICS = frozenset({"mae", "median_ae", "mape"})


class Aim(NamedTuple):
    """Parameters to add, by family."""

    lightgbm: dict[str, Setting]
    catboost: dict[str, Setting]

    def parameters_for(self, family: str) -> dict[str, Setting]:
        """What to add for a family; nothing for one that knows squared errors alone."""
        return {"lightgbm": self.lightgbm, "catboost": self.catboost}.get(family, {})


def aim_of(metric: str) -> Aim:
    """Objectives that go with a metric of regression; none where the usual ones do.

    Args:
        metric: The metric's name.
    """
    if metric in ABSOLUTE_METRICS:
        return Aim({"objective": "regression_l1"}, {"loss_function": "MAE"})
    if metric == "pinball" or metric.startswith("pinball@"):
        level = quantile_level(metric)
        return Aim(
            {"objective": "quantile", "alpha": level},
            {"loss_function": f"Quantile:alpha={level}"},
        )
    return Aim({}, {})
