"""Kinds of columns by dtype."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.columns import group_columns, medians, numbers, side_by_side

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed


def test_columns_are_grouped_by_dtype_in_table_order(mixed: "MakeMixed") -> None:
    groups = group_columns(mixed(30, 0).table)

    assert groups.numeric == ["width [cm]", "height", "flag"]
    assert groups.category == ["level", "town"]
    assert groups.text == ["note"]
    assert groups.datetime == ["day"]


def test_plain_objects_count_as_categories() -> None:
    table = pd.DataFrame({"a": pd.Series(["x", 1, None], dtype=object)})

    assert group_columns(table).category == ["a"]


def test_missing_and_infinite_numbers_become_nan() -> None:
    table = pd.DataFrame(
        {"a": [1.0, np.inf], "flag": pd.array([None, True], dtype="boolean")}
    )

    values = numbers(table, ["a", "flag"])

    np.testing.assert_array_equal(values, [[1.0, np.nan], [np.nan, 1.0]])


def test_no_blocks_give_a_table_without_columns() -> None:
    assert side_by_side([], 3).shape == (3, 0)


def test_the_median_of_an_empty_column_is_zero() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])

    assert medians(values).tolist() == [2.0, 0.0]
    assert medians(np.empty((3, 0))).shape == (0,)
