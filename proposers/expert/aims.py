"""What candidates minimise where the metric asks for something else than squared errors."""

from dataclasses import replace
from typing import NamedTuple

from proposers.expert.entry import Entry
from proposers.expert.sources import Logarithm, Setting
from schemas.task import Task
from tabular.metrics import quantile_level

ABSOLUTE_METRICS = frozenset({"mae", "median_ae", "mape"})
SKEWED = 1.0
"""From this skewness on, the mean of logarithms is closer to the median than the mean is."""


class Aim(NamedTuple):
    """What to add to entries.

    Attributes:
        objectives: Parameters to add, by family.
        logarithm: How families without such parameters learn the target's logarithm.
    """

    objectives: dict[str, dict[str, Setting]]
    logarithm: Logarithm | None = None

    def aimed(self, entry: Entry) -> Entry:
        """The same entry with what the metric asks for."""
        more = self.objectives.get(entry.family)
        if more is not None:
            return replace(entry, parameters={**entry.parameters, **more})
        return entry if entry.logarithm else replace(entry, logarithm=self.logarithm)


def aim_of(task: Task) -> Aim:
    """What goes with the metric of a regression; nothing where squared errors do.

    The error of logarithms is squared by `rmsle` itself, with 1 added to each value. An
    error that counts as a share of the value is small where that of the logarithm is, and
    `share` weighs rows so. Where it counts as it is, half of the values should lie below:
    boosting has an objective for that, and of a skewed target the mean logarithm is close.
    """
    metric = task.metric
    if metric == "rmsle":
        return Aim({}, Logarithm("median", plus=1.0))
    if metric == "mape" and task.is_positive:
        return Aim({}, Logarithm("share"))
    if metric in ABSOLUTE_METRICS:
        is_skewed = task.is_positive and task.skewness > SKEWED
        halves = Logarithm("median") if is_skewed else None
        return Aim(_objectives("regression_l1", "MAE"), halves)
    if metric == "pinball" or metric.startswith("pinball@"):
        level = quantile_level(metric)
        objectives = _objectives("quantile", f"Quantile:alpha={level}")
        objectives["lightgbm"]["alpha"] = level
        return Aim(objectives)
    return Aim({})


def _objectives(lightgbm: str, catboost: str) -> dict[str, dict[str, Setting]]:
    return {
        "lightgbm": {"objective": lightgbm},
        "catboost": {"loss_function": catboost},
    }
