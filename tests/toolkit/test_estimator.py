"""What all estimators promise, checked on each of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import log_loss, r2_score

from toolkit import rounds
from toolkit.catboost_model import CatBoost
from toolkit.estimator import Estimator
from toolkit.explainable_boosting import ExplainableBoosting
from toolkit.extra_trees import ExtraTrees
from toolkit.gaussian_process import GaussianProcess
from toolkit.lightgbm_model import LightGBM
from toolkit.linear_model import LinearModel
from toolkit.mlp import MLP
from toolkit.nearest_neighbors import NearestNeighbors
from toolkit.spec import Spec
from toolkit.xgboost_model import XGBoost

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec

Build = Callable[[Spec], Estimator]
FAST = {"rounds": 40}
ALL = [
    pytest.param(LinearModel, id="linear"),
    pytest.param(lambda spec: LightGBM(spec, **FAST), id="lightgbm"),
    pytest.param(lambda spec: CatBoost(spec, learning_rate=0.2, **FAST), id="catboost"),
    pytest.param(lambda spec: ExtraTrees(spec, n_estimators=20), id="extra_trees"),
    pytest.param(NearestNeighbors, id="neighbors"),
    pytest.param(lambda spec: MLP(spec, width=16, layers=2), id="mlp"),
    pytest.param(GaussianProcess, id="smooth"),
    pytest.param(lambda spec: GaussianProcess(spec, "rough"), id="rough"),
    pytest.param(lambda spec: XGBoost(spec, learning_rate=0.2, **FAST), id="xgboost"),
    pytest.param(
        lambda spec: ExplainableBoosting(spec, interactions=1, outer_bags=1, **FAST),
        id="ebm",
    ),
]
CLASSES = ("a", "b", "never seen", "c")


def codes_of(signal: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.select([signal < 0, signal < 0.8], [0, 1], 3)


@pytest.mark.parametrize("build", ALL)
def test_probabilities_cover_all_classes_in_code_order(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(300, 0), mixed(100, 1)
    model = build(make_spec("multiclass", CLASSES))

    model.fit(train.table, pd.Series(codes_of(train.signal)))

    proba = model.predict_proba(later.table)
    assert proba.shape == (100, 4)
    assert (proba[:, 2] == 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert (model.predict(later.table) == proba.argmax(axis=1)).all()


@pytest.mark.parametrize("build", ALL)
def test_predictions_beat_the_class_shares(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(600, 0), mixed(300, 1)
    y, truth = train.signal > 0.7, later.signal > 0.7
    model = build(make_spec("binary", ("no", "yes"))).fit(train.table, y.astype(int))

    loss = log_loss(truth, model.predict_proba(later.table)[:, 1])

    share = y.mean()
    assert loss < log_loss(truth, np.full(len(truth), share))


@pytest.mark.parametrize("build", ALL)
def test_a_tiny_regression_target_is_learned_as_well(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(600, 0), mixed(300, 1)
    model = build(make_spec("regression")).fit(train.table, 1e-6 * train.signal)

    assert r2_score(1e-6 * later.signal, model.predict(later.table)) > 0.1


@pytest.mark.parametrize("build", ALL)
def test_fitting_twice_or_restoring_predicts_the_same_bytes(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(150, 0), mixed(50, 1)
    spec = make_spec("binary", ("no", "yes"))
    y = (train.signal > 0.5).astype(int)
    first = build(spec).fit(train.table, y)

    again = build(spec).fit(train.table, y)
    restored = cloudpickle.loads(cloudpickle.dumps(first))

    expected = first.predict_proba(later.table).tobytes()
    assert again.predict_proba(later.table).tobytes() == expected
    assert restored.predict_proba(later.table).tobytes() == expected


@pytest.mark.parametrize("build", ALL)
def test_row_weights_change_the_model(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(200, 0), mixed(200, 1)
    weight = np.where(train.signal > 0.5, 20.0, 0.05)
    spec = make_spec("regression")

    plain = build(spec).fit(train.table, train.signal)
    weighted = build(spec).fit(train.table, train.signal, pd.Series(weight))

    means = [model.predict(later.table).mean() for model in (plain, weighted)]
    assert means[1] > means[0]


@pytest.mark.parametrize("build", ALL)
def test_a_single_class_or_value_needs_no_model(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    table = mixed(20, 0).table
    classifier = build(make_spec("binary", ("no", "yes"))).fit(table, np.ones(20, int))
    regressor = build(make_spec("regression")).fit(table, np.full(20, 3.5))

    assert classifier.predict_proba(table).tolist() == [[0.0, 1.0]] * 20
    assert regressor.predict(table).tolist() == [3.5] * 20


@pytest.mark.parametrize("build", ALL)
def test_ten_rows_with_a_class_of_one_are_enough(
    build: Build, mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    table = mixed(10, 0).table
    y = np.array([0] * 5 + [1] * 4 + [3])

    model = build(make_spec("multiclass", CLASSES)).fit(table, y)

    assert np.isfinite(model.predict_proba(table)).all()


@pytest.mark.parametrize("build", ALL)
def test_a_table_of_one_category_is_enough(build: Build, make_spec: "MakeSpec") -> None:
    table = pd.DataFrame({"c": pd.Categorical(["x", "y"] * 30)})
    target = np.array([0.0, 1.0] * 30)

    predicted = build(make_spec("regression")).fit(table, target).predict(table)

    assert (predicted[1::2] > predicted[::2]).all()


def test_regression_never_leaves_the_seen_range_by_more_than_that_range(
    make_spec: "MakeSpec",
) -> None:
    table = pd.DataFrame({"a": np.arange(50.0)})
    model = LinearModel(make_spec("regression")).fit(table, np.arange(50.0))

    assert model.predict(pd.DataFrame({"a": [1e9]}))[0] <= 98


@pytest.mark.parametrize("kind", [LightGBM, CatBoost])
def test_large_tables_keep_the_early_stopped_model(
    kind: Build, make_spec: "MakeSpec", monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(200, 2)), columns=["a", "b"])
    target = table["a"].to_numpy() + random.normal(size=200)
    refitted = kind(make_spec("regression")).fit(table, target).predict(table)

    monkeypatch.setattr(rounds, "REFIT_ROWS", 100)
    kept = kind(make_spec("regression")).fit(table, target).predict(table)

    # The early-stopped model has not seen the rows that stopped it.
    residuals = [np.square(target - values).mean() for values in (refitted, kept)]
    assert residuals[0] < residuals[1]


@pytest.mark.parametrize("build", ALL[:-1])  # 40 rounds of the last learn little
def test_numbers_that_name_things_are_learned_and_new_ones_are_survived(
    build: Build, make_spec: "MakeSpec"
) -> None:
    rng = np.random.default_rng(0)
    numbers = rng.integers(80, size=1_000)
    y = rng.normal(size=80)[numbers] + rng.normal(size=1_000) / 4
    table = pd.DataFrame(
        {"shop": numbers.astype(float), "noise": rng.normal(size=1_000)}
    )
    model = build(make_spec("regression")).fit(table[:800], y[:800])
    again = cloudpickle.loads(cloudpickle.dumps(model))

    assert r2_score(y[800:], again.predict(table[800:])) > 0.7
    unheard = pd.DataFrame({"shop": [1e6, np.nan], "noise": [0.0, 0.0]})
    assert np.isfinite(again.predict(unheard)).all()


def test_models_that_were_kept_before_numbers_were_names_still_predict(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train = mixed(200, 0)
    model = LinearModel(make_spec("regression")).fit(train.table, train.signal)
    expected = model.predict(train.table)

    del model.__dict__["names"]

    np.testing.assert_array_equal(model.predict(train.table), expected)
