"""The metric that steers a run is one that its folds define."""

from pathlib import Path

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


def labelled(labels: list[str] | list[float], settings: TableSettings) -> Labelled:
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


def test_zeros_in_the_target_are_counted_where_the_metric_divides_by_it() -> None:
    settings = TableSettings(table="t", target="y", metric="mape", test_size=0.0)
    values = [0.0] * 7 + [1.5 + place for place in range(73)]

    _, _, warnings = steer(labelled(values, settings), settings)
    _, _, mixed = steer(labelled([*values, -1.0], settings), settings)
    _, _, none = steer(labelled(values[7:], settings), settings)

    assert "0 in 7 of 80 development rows" in warnings[0]
    assert warnings[0].endswith("use --metric mae or rmsle.")
    assert mixed[0].endswith("use --metric mae.")
    assert none == ()


def test_a_target_below_zero_has_no_logarithmic_error() -> None:
    settings = TableSettings(table="t", target="y", metric="rmsle", test_size=0.0)
    values = [place - 2.5 for place in range(80)]

    with pytest.raises(TableError, match=r"below 0 in 3 of 80 .* use --metric rmse or"):
        steer(labelled(values, settings), settings)


def test_a_function_that_is_nowhere_a_number_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def f(truth, value): return float('nan')")
    name = f"{tmp_path / 'mine.py'}:f"
    settings = TableSettings(table="t", target="y", metric=name)

    with pytest.raises(
        TableError, match="returns NaN on every fold; use --metric rmse"
    ):
        steer(labelled([place / 7 for place in range(80)], settings), settings)
