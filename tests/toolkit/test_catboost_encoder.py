"""Tables for CatBoost."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.catboost_encoder import MISSING, CatBoostEncoder

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed


def test_categories_are_strings_with_missing_as_a_level() -> None:
    table = pd.DataFrame({"n": [1.0, 2.0], "c": pd.Categorical([7, None])})
    encoder = CatBoostEncoder(0)

    encoded = encoder.fit_transform(table)

    assert encoder.categories == ["c"]
    assert encoded["c"].tolist() == ["7", MISSING]
    assert encoded.drop(columns="c").to_numpy().tolist() == [[1.0], [2.0]]


def test_all_other_kinds_become_numbers(mixed: "MakeMixed") -> None:
    encoder = CatBoostEncoder(0)

    encoded = encoder.fit_transform(mixed(50, 0).table)

    rest = encoded.drop(columns=encoder.categories)
    assert (rest.dtypes == np.float64).all()
    assert encoder.transform(mixed(9, 1).table).columns.equals(encoded.columns)
