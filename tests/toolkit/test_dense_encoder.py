"""Tables as dense matrices."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer

from toolkit import dense_encoder
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
    encoder = DenseEncoder("standard", 0, is_classification=True)
    is_high = (codes > 14).astype(np.int64)

    encoder.fit_transform(table, is_high)

    encoded = encoder.transform(table)
    assert encoded.shape[1] == 1 + 20 + 1 + 1
    assert np.corrcoef(encoded[:, -1], is_high)[0, 1] > 0.9


def test_a_target_of_values_has_many_levels_one_hot() -> None:
    codes = np.arange(300) % 60
    table = pd.DataFrame({"c": pd.Categorical(codes.astype(str))})

    encoded = DenseEncoder("standard", 0).fit_transform(table, codes.astype(float))

    assert encoded.shape[1] == 1 + 60 + 1 + 1


def test_one_hot_levels_share_the_room_that_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dense_encoder, "MOST_CELLS", 300 * 80)
    levels = pd.Categorical((np.arange(300) % 60).astype(str))
    table = pd.DataFrame({"c": levels, "d": levels})

    encoded = DenseEncoder("standard", 0).fit_transform(table, np.arange(300.0))

    assert encoded.shape[1] == 2 * (1 + 40 + 1 + 1)


def test_a_table_of_only_empty_numbers_is_still_encoded() -> None:
    table = pd.DataFrame({"a": [np.nan, np.nan]})

    assert np.isfinite(DenseEncoder("robust", 0).fit_transform(table)).all()


def test_numbers_are_shown_in_bins_as_long_as_they_are_few() -> None:
    random = np.random.default_rng(0)
    few, many, most = (
        pd.DataFrame(random.normal(size=(40, columns))).add_prefix("c")
        for columns in (2, 200, 400)
    )

    def width(table: pd.DataFrame) -> int:
        return int(DenseEncoder("robust", 0, bins=12).fit_transform(table).shape[1])

    assert width(few) == 2 * (1 + 12)
    assert width(many) == 200 * (1 + 5)
    assert width(most) == 400


def test_levels_of_a_category_show_one_feature_and_numbers_one_each() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=60), "b": random.normal(size=60)})
    table.loc[3, "b"] = np.nan
    table["few"] = pd.Categorical(list("xyz") * 20)
    table["many"] = pd.Categorical([f"level {n % 30}" for n in range(60)])
    encoder = DenseEncoder("robust", 0, is_classification=True)

    encoded = encoder.fit_transform(table, random.integers(2, size=60))

    assert len(encoder.features) == encoded.shape[1]
    numbers, few, many, means = [0, 1, 2, 3], [4] * (3 + 1), [5] * (20 + 1), [6]
    assert encoder.features.tolist() == [*numbers, *few, *many, *means]


def test_an_encoder_that_was_kept_before_there_were_bins_still_encodes() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, 9.0]})
    encoder = DenseEncoder("standard", 0)
    fitted = encoder.fit_transform(table)
    for name in ("bins", "pieces", "features"):
        del encoder.__dict__[name]

    encoded = encoder.transform(table)

    np.testing.assert_array_equal(encoded, fitted)
