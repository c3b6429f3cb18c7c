"""Extra trees."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from toolkit.extra_trees import ExtraTrees

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec


def test_more_threads_predict_the_same_bytes(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train = mixed(200, 0)
    spec = make_spec("regression")
    single = ExtraTrees(spec, n_estimators=20).fit(train.table, train.signal)
    double = ExtraTrees(spec, n_estimators=20, n_jobs=2).fit(train.table, train.signal)

    expected = single.predict(train.table).tobytes()

    assert double.predict(train.table).tobytes() == expected


def test_many_levels_without_order_are_learned(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    effect = random.normal(size=50)
    codes = random.integers(0, 50, 2000)
    table = pd.DataFrame({"c": pd.Categorical(codes.astype(str))})

    model = ExtraTrees(make_spec("regression"), n_estimators=20)
    model.fit(table, effect[codes])

    assert np.corrcoef(model.predict(table), effect[codes])[0, 1] > 0.95


def test_a_grade_is_learned_by_the_order_of_its_name(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    grades = random.integers(1, 13, 3000)
    table = pd.DataFrame({"grade": [f"grade {grade}" for grade in grades]})
    noise = random.integers(0, 2, 3000)
    table = table.astype("category").assign(noise=noise.astype(float))
    # Its mean tells nothing: grades and the other column only matter together.
    target = np.where(grades > 6, noise, 1 - noise).astype(float)

    model = ExtraTrees(
        make_spec("regression"), n_estimators=30, max_depth=4, max_features=1.0
    )
    model.fit(table, target)

    assert np.abs(model.predict(table) - target).mean() < 0.1


def test_numbers_beyond_single_precision_are_borne(make_spec: "MakeSpec") -> None:
    values = np.arange(40) * 1e58
    table = pd.DataFrame({"product": values})

    model = ExtraTrees(make_spec("regression"), n_estimators=5)
    model.fit(table, np.arange(40.0))

    assert np.isfinite(model.predict(table)).all()


@pytest.mark.parametrize(("noise", "leaf"), [(0.01, 1), (3.0, 9)])
def test_little_noise_is_learned_by_heart_and_much_is_not(
    noise: float, leaf: int, make_spec: "MakeSpec"
) -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(600, 3)), columns=list("abc"))
    y = np.sin(3 * table["a"]) * table["b"] + noise * random.normal(size=600)
    model = ExtraTrees(
        make_spec("regression"), may_learn_by_heart=True, min_samples_leaf=9
    )

    model.fit(table, y, np.ones(600))

    assert model.model.min_samples_leaf == leaf


def test_classes_are_not_learned_by_heart_unasked(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=200)})
    spec = make_spec("binary", ("no", "yes"))
    model = ExtraTrees(spec, may_learn_by_heart=True, min_samples_leaf=9)

    model.fit(table, (table["a"] > 0).to_numpy(dtype=int))

    assert model.model.min_samples_leaf == 9
