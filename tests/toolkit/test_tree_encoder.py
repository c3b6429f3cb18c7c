"""Tables as numbers for trees."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.tree_encoder import TreeEncoder

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed


def test_categories_come_first_as_codes_of_training_levels() -> None:
    table = pd.DataFrame(
        {"n": [1.0, np.nan, 3.0], "c": pd.Categorical(["b", "b", "a"])}
    )
    encoder = TreeEncoder(0)

    encoded = encoder.fit_transform(table)

    assert encoder.categories == 1
    np.testing.assert_array_equal(encoded, [[1, 1.0], [1, np.nan], [0, 3.0]])


def test_an_unseen_level_is_missing() -> None:
    encoder = TreeEncoder(0)
    encoder.fit_transform(pd.DataFrame({"c": pd.Categorical(["a"])}))

    later = encoder.transform(pd.DataFrame({"c": pd.Categorical(["new"])}))

    assert np.isnan(later).all()


def test_every_kind_of_column_is_encoded_alike_for_later_rows(
    mixed: "MakeMixed",
) -> None:
    encoder = TreeEncoder(0)

    fitted = encoder.fit_transform(mixed(50, 0).table)

    np.testing.assert_array_equal(encoder.transform(mixed(50, 0).table), fitted)


def test_many_levels_show_target_means_in_place_of_codes(mixed: "MakeMixed") -> None:
    train = mixed(200, 0)
    encoder = TreeEncoder(0, 20)

    encoder.fit_transform(train.table, train.signal)

    assert encoder.categories == 1
    assert list(encoder.target_means) == ["town"]


def test_codes_stay_beside_means_where_they_are_kept() -> None:
    table = pd.DataFrame(
        {
            "grade": pd.Categorical(["a", "b", "c"] * 20),
            "town": pd.Categorical([f"t{row % 30}" for row in range(60)]),
            "flag": pd.Categorical(["no", "yes"] * 30),
        }
    )
    target = np.arange(60.0)
    encoder = TreeEncoder(0, 2, keeps_codes=True)

    encoded = encoder.fit_transform(table, target)

    assert encoder.categories == 3
    assert list(encoder.target_means) == ["grade", "town"]
    assert encoded.shape == (60, 5)
