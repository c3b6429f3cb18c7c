"""Boosting minimises what the metric asks for."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from proposers.expert.aims import aim_of
from toolkit.catboost_model import CatBoost
from toolkit.lightgbm_model import LightGBM
from toolkit.spec import Spec

if TYPE_CHECKING:
    from proposers.expert.sources import Setting


@pytest.mark.parametrize("family", ["lightgbm", "catboost"])
@pytest.mark.parametrize(("metric", "share"), [("mae", 0.5), ("pinball@0.9", 0.9)])
def test_the_asked_share_of_values_lies_below(
    family: str, metric: str, share: float
) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=3000)})
    target = table["a"].to_numpy() + random.exponential(size=3000)
    more: dict[str, Setting] = aim_of(metric).parameters_for(family)
    kind = {"lightgbm": LightGBM, "catboost": CatBoost}[family]
    spec = Spec("regression", (), 0, 1, 60.0, {})

    model = kind(spec, rounds=100, learning_rate=0.1, **more)  # type: ignore[arg-type]
    below = target <= model.fit(table, target).predict(table)

    assert below.mean() == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("metric", ["rmse", "r2", "roc_auc"])
def test_the_usual_metrics_need_nothing(metric: str) -> None:
    assert aim_of(metric).parameters_for("lightgbm") == {}
    assert aim_of("mae").parameters_for("linear") == {}
