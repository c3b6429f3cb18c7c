"""LightGBM."""

from typing import TYPE_CHECKING

import lightgbm
import numpy as np
import pandas as pd

from toolkit.lightgbm_model import LightGBM

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeSpec


def test_noise_stops_boosting_long_before_the_last_round(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(300, 5)), columns=list("abcde"))
    model = LightGBM(make_spec("regression"), rounds=500, patience=20)

    model.fit(table, random.normal(size=300))

    assert lightgbm.Booster(model_str=model.text).current_iteration() < 100


def test_categories_are_cut_as_sets_of_levels(make_spec: "MakeSpec") -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 12, 600)
    table = pd.DataFrame({"c": pd.Categorical(codes.astype(str))})
    target = (codes % 2).astype(float)
    model = LightGBM(
        make_spec("regression"), rounds=50, min_data_per_group=5, cat_smooth=1
    )

    model.fit(table, target)

    assert np.abs(model.predict(table) - target).max() < 0.2
    assert "num_cat=1" in model.text.replace("\n", " ") or "cat_threshold" in model.text
