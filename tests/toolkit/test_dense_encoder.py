"""Tables as dense matrices."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer

from toolkit.dense_encoder import DenseEncoder
from toolkit.scaler import Scaler, Scaling

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed


@pytest.mark.parametrize("scaling", ["standard", "robust", "quantile"])
def test_every_kind_of_column_becomes_finite_numbers(
    mixed: "MakeMixed", scaling: Scaling
) -> None:
    encoder = DenseEncoder(scaling, 0, is_classification=True)
    train, later = mixed(80, 0), mixed(20, 1)

    fitted = encoder.fit_transform(train.table, (train.signal > 0).astype(np.int64))

    assert np.isfinite(fitted).all()
    encoded = encoder.transform(later.table)
    assert np.isfinite(encoded).all()
    assert encoded.shape == (20, fitted.shape[1])


def test_numbers_are_imputed_by_their_median_scaled_and_flagged() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, np.nan, 9.0], "b": [1.0, 2.0, 3.0, 4.0]})

    encoded = DenseEncoder("standard", 0).fit_transform(table)

    imputed = SimpleImputer(strategy="median").fit_transform(table)
    expected = Scaler("standard", 0).fit(imputed).transform(imputed)
    np.testing.assert_allclose(encoded[:, :2], expected)
    assert encoded[:, 2].tolist() == [0, 0, 1, 0]


def test_an_unseen_level_is_all_zeros_and_missing_is_a_level_of_its_own() -> None:
    encoder = DenseEncoder("standard", 0)
    encoder.fit_transform(pd.DataFrame({"c": pd.Categorical(["a", "a", "b"])}))

    later = pd.DataFrame({"c": pd.Categorical(["a", "new", None])})

    assert encoder.transform(later).tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_many_levels_add_frequency_and_target_means() -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 30, 300)
    table = pd.DataFrame({"c": pd.Categorical(codes.astype(str))})
    encoder = DenseEncoder("standard", 0)

    encoder.fit_transform(table, codes.astype(float))

    encoded = encoder.transform(table)
    assert encoded.shape[1] == 1 + 20 + 1 + 1
    assert np.corrcoef(encoded[:, -1], codes)[0, 1] > 0.9


def test_a_table_of_only_empty_numbers_is_still_encoded() -> None:
    table = pd.DataFrame({"a": [np.nan, np.nan]})

    assert np.isfinite(DenseEncoder("robust", 0).fit_transform(table)).all()
