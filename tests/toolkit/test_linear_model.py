"""Linear models."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import log_loss

from toolkit.dense_encoder import DenseEncoder
from toolkit.linear_model import LinearModel

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec


def test_a_single_penalty_gives_scikit_learns_ridge(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(100, 3)), columns=list("abc"))
    target = table["a"] - table["b"] + random.normal(size=100)

    model = LinearModel(make_spec("regression"), penalties=(5.0,)).fit(table, target)

    values = DenseEncoder("standard", 0).fit_transform(table)
    expected = Ridge(5.0).fit(values, target).predict(values)
    np.testing.assert_allclose(model.predict(table), expected)


def test_noise_columns_call_for_the_strongest_penalty(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    columns = [f"c{number}" for number in range(60)]
    table = pd.DataFrame(random.normal(size=(120, 60)), columns=columns)
    y = random.integers(0, 2, 120)
    model = LinearModel(make_spec("binary", ("no", "yes"))).fit(table, y)

    later = model.predict_proba(
        pd.DataFrame(random.normal(size=(500, 60)), columns=columns)
    )

    assert model.model.C == 1 / 100
    assert log_loss(random.integers(0, 2, 500), later) < 0.8


def test_a_path_that_is_cut_short_predicts_without_warning(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train = mixed(200, 0)
    model = LinearModel(
        make_spec("binary", ("no", "yes")), penalties=(1e-6,), iterations=2
    )

    proba = model.fit(train.table, train.signal > 0.5).predict_proba(train.table)

    assert np.isfinite(proba).all()


def test_bins_let_a_line_bend(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.uniform(-3, 3, 400)})
    target = np.abs(table["a"]) + random.normal(0, 0.1, 400)
    later = pd.DataFrame({"a": [-2.5, -1.0, 0.0, 1.0, 2.5, 9.0]})

    straight, bent = (
        LinearModel(make_spec("regression"), bins=bins).fit(table, target)
        for bins in (0, 12)
    )

    assert np.abs(straight.predict(later)[:5] - np.abs(later["a"][:5])).max() > 1
    assert np.abs(bent.predict(later)[:5] - np.abs(later["a"][:5])).max() < 0.3
    assert bent.predict(later)[5] < 3.5
