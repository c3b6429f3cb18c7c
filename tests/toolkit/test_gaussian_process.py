"""Gaussian processes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct, Matern, WhiteKernel
from sklearn.metrics import log_loss, r2_score

from toolkit import gaussian_process
from toolkit.covariance import Roughness
from toolkit.gaussian_process import GaussianProcess
from toolkit.linear_model import LinearModel

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec

SMOOTHNESS: dict[Roughness, float] = {"smooth": 2.5, "rough": 0.5}


def waves(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Two numbers, and a curve through them that no plane follows."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, 2))
    curve = np.sin(2 * values[:, 0]) * values[:, 1]
    return pd.DataFrame(values, columns=["a", "b"]), curve


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_predictions_agree_with_scikit_learn(
    roughness: Roughness, make_spec: "MakeSpec"
) -> None:
    (table, target), (later, _) = waves(80, 0), waves(30, 1)
    target = (target - target.mean()) / target.std()

    model = GaussianProcess(make_spec("regression"), roughness).fit(table, target)

    found = model.covariance
    kernel = (
        found.height * Matern(found.lengths, nu=SMOOTHNESS[roughness])
        + found.slope / 2 * DotProduct(0, "fixed")
        + WhiteKernel(found.noise)
    )
    reference = GaussianProcessRegressor(kernel, optimizer=None).fit(model.seen, target)
    values = model.encoder.transform(later) - model.mean
    expected = np.clip(reference.predict(values), target.min(), target.max())
    np.testing.assert_allclose(model.predict(later), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("roughness", SMOOTHNESS)
def test_curves_are_followed_where_a_linear_model_is_lost(
    roughness: Roughness, make_spec: "MakeSpec"
) -> None:
    (table, target), (later, truth) = waves(300, 0), waves(300, 1)
    spec = make_spec("regression")

    curved = GaussianProcess(spec, roughness).fit(table, target)
    straight = LinearModel(spec).fit(table, target)

    assert r2_score(truth, curved.predict(later)) > 0.9
    assert r2_score(truth, straight.predict(later)) < 0.1


def test_probabilities_are_as_sure_as_they_may_be(make_spec: "MakeSpec") -> None:
    (table, signal), (later, truth) = waves(600, 0), waves(2_000, 1)
    random = np.random.default_rng(2)
    codes = (signal + random.logistic(size=600) / 4 > 0).astype(int)
    later_codes = (truth + random.logistic(size=2_000) / 4 > 0).astype(int)

    model = GaussianProcess(make_spec("binary", ("no", "yes"))).fit(table, codes)

    proba = model.predict_proba(later)[:, 1]
    best = log_loss(later_codes, 1 / (1 + np.exp(-4 * truth)))
    assert log_loss(later_codes, proba) < 1.15 * best
    assert proba.mean() == pytest.approx(later_codes.mean(), abs=0.03)


def test_many_rows_are_predicted_in_parts(
    make_spec: "MakeSpec", monkeypatch: pytest.MonkeyPatch
) -> None:
    (table, target), (later, _) = waves(120, 0), waves(50, 1)
    whole = GaussianProcess(make_spec("regression")).fit(table, target)

    monkeypatch.setattr(gaussian_process, "ROWS_AT_ONCE", 7)
    parts = GaussianProcess(make_spec("regression")).fit(table, target)

    np.testing.assert_allclose(parts.predict(later), whole.predict(later), rtol=1e-6)


def test_no_row_is_predicted_as_none(make_spec: "MakeSpec") -> None:
    table, target = waves(40, 0)
    model = GaussianProcess(make_spec("regression")).fit(table, target)

    assert model.predict(table[:0]).shape == (0,)


def test_more_rows_than_there_is_room_for_still_show_every_class(
    make_spec: "MakeSpec", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaussian_process, "MOST_ROWS", 50)
    table, signal = waves(300, 0)
    codes = (signal > 0).astype(int)
    codes[7] = 2
    spec = make_spec("multiclass", ("a", "b", "c"))

    model = GaussianProcess(spec).fit(table, codes)

    assert 50 <= len(model.seen) <= 53
    assert (model.predict_proba(table) > 0).all()


def test_a_job_of_little_time_learns_from_fewer_rows(make_spec: "MakeSpec") -> None:
    table, target = waves(900, 0)
    spec = replace(make_spec("regression"), seconds=0.01)

    model = GaussianProcess(spec).fit(table, target)

    assert len(model.seen) < 500
    assert r2_score(target, model.predict(table)) > 0.8


def test_levels_of_a_category_share_a_length(make_spec: "MakeSpec") -> None:
    table, target = waves(200, 0)
    table["c"] = pd.Categorical(np.array(["x", "y", "z"])[np.arange(200) % 3])

    model = GaussianProcess(make_spec("regression")).fit(table, target)

    shared = model.covariance.lengths[2:]
    assert len(shared) == 3
    assert len(set(shared)) == 1


def test_a_table_without_any_difference_predicts_the_mean(
    make_spec: "MakeSpec",
) -> None:
    table, target = pd.DataFrame({"a": [1.0] * 40}), np.arange(40.0)

    model = GaussianProcess(make_spec("regression")).fit(table, target)

    assert model.predict(table) == pytest.approx(np.full(40, 19.5))


def test_nothing_beyond_the_values_that_were_seen_is_predicted(
    make_spec: "MakeSpec",
) -> None:
    table = pd.DataFrame({"a": np.arange(50.0)})
    model = GaussianProcess(make_spec("regression")).fit(table, 3 * np.arange(50.0))

    later = model.predict(pd.DataFrame({"a": [-1e9, 1e9]}))

    assert later.min() >= 0
    assert later.max() <= 147
