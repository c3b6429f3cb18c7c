"""The metric that steers a run is one that its folds define."""

import numpy as np
import pandas as pd
import pytest

from schemas.settings import TableSettings
from schemas.table import TableSchema
from tabular.columns import infer_schema
from tabular.errors import TableError
from tabular.labelled import Labelled, label_rows
from tabular.parts import part_rows
from tabular.reading import Source
from tabular.steering import steer


def labelled(labels: list[str], settings: TableSettings) -> Labelled:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=len(labels)), "y": labels})
    parts = part_rows(Source(frame, "."), settings, seed=0)
    columns = infer_schema(parts.development.features)
    return label_rows(parts, TableSchema(columns=columns), settings, seed=0)


def test_the_usual_metric_steers_where_folds_define_it() -> None:
    settings = TableSettings(table="t", target="y")

    metric, baseline, warnings = steer(labelled(["a", "b"] * 40, settings), settings)

    assert (metric.name, baseline, warnings) == ("roc_auc", 0.5, ())


def test_where_no_fold_defines_it_another_one_does_and_that_is_told() -> None:
    settings = TableSettings(table="t", target="y")

    metric, baseline, warnings = steer(labelled(["a"] * 80 + ["b"], settings), settings)

    assert metric.name == "log_loss"
    assert 0 < baseline < 0.1
    assert "roc_auc is undefined; the metric is log_loss" in warnings[0]


def test_a_metric_that_the_user_named_is_not_exchanged() -> None:
    settings = TableSettings(table="t", target="y", metric="roc_auc")

    with pytest.raises(TableError, match="use --metric log_loss"):
        steer(labelled(["a"] * 80 + ["b"], settings), settings)
