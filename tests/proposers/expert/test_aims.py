"""Boosting minimises what the metric asks for."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from proposers.expert.aims import aim_of
from proposers.expert.entry import Entry
from proposers.expert.sources import Logarithm
from schemas.task import Task, TaskKind
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
    entry = aim_of(task_of(metric)).aimed(Entry(family, "it"))
    more: dict[str, Setting] = dict(entry.parameters)
    kind = {"lightgbm": LightGBM, "catboost": CatBoost}[family]
    spec = Spec("regression", (), 0, 1, 60.0, {})

    model = kind(spec, rounds=100, learning_rate=0.1, **more)  # type: ignore[arg-type]
    below = target <= model.fit(table, target).predict(table)

    assert below.mean() == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("metric", ["rmse", "r2", "roc_auc"])
@pytest.mark.parametrize("family", ["linear", "lightgbm"])
def test_the_usual_metrics_need_nothing(family: str, metric: str) -> None:
    entry = Entry(family, "it")

    assert aim_of(task_of(metric, is_positive=True, skewness=2.0)).aimed(entry) == entry


@pytest.mark.parametrize(
    ("metric", "family", "shape", "logarithm"),
    [
        ("rmsle", "linear", {}, Logarithm("median", 1.0)),
        ("rmsle", "catboost", {}, Logarithm("median", 1.0)),
        ("mape", "mlp", {"is_positive": True}, Logarithm("share")),
        ("mape", "lightgbm", {"is_positive": True}, Logarithm("share")),
        ("mape", "mlp", {}, None),
        ("mae", "mlp", {"is_positive": True, "skewness": 2.0}, Logarithm("median")),
        ("mae", "mlp", {"is_positive": True}, None),
        ("mae", "lightgbm", {"is_positive": True, "skewness": 2.0}, None),
    ],
)
def test_logarithms_are_learned_where_the_metric_asks_for_them(
    metric: str, family: str, shape: dict[str, float], logarithm: Logarithm | None
) -> None:
    aimed = aim_of(task_of(metric, **shape)).aimed(Entry(family, "it"))

    assert aimed.logarithm == logarithm


def task_of(metric: str, **shape: float) -> Task:
    task = Task(
        kind=TaskKind.REGRESSION,
        target="y",
        classes=(),
        metric=metric,
        greater_is_better=False,
        rows=1_000,
        features=4,
        test_rows=0,
        folds=5,
        validation_rows=1_000,
    )
    return task.model_copy(update=shape)
