"""Codes of categories."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.levels import Levels


def test_codes_follow_frequency_and_unseen_levels_are_minus_one() -> None:
    levels = Levels().fit(pd.Series(pd.Categorical(["b", "a", "b", None, "c"])))

    codes = levels.codes(pd.Series(pd.Categorical(["b", None, "new"])))

    assert list(levels.index) == ["b", "a", "c"]
    assert levels.counts.tolist() == [2, 1, 1]
    assert codes.tolist() == [0, -1, -1]


def test_levels_without_rows_get_no_code() -> None:
    column = pd.Series(pd.Categorical(["a"], categories=["a", "unused"]))

    assert list(Levels().fit(column).index) == ["a"]


def test_codes_with_gaps_hold_nan_for_what_is_not_known() -> None:
    levels = Levels().fit(pd.Series(["a"], dtype="category"))

    np.testing.assert_array_equal(
        levels.codes_with_gaps(pd.Series(["a", "b"], dtype="category")), [0.0, np.nan]
    )


@pytest.mark.parametrize(
    "names",
    [
        ["5-9", "10-14", "15-19"],
        ["-5", "-1", "0.5", "2"],
        ["A9", "A10", "B1"],
        ["2020-9-30", "2020-10-1"],
        ["fair", "good", "good 2"],
    ],
)
def test_names_come_in_the_order_in_which_one_counts(names: list[str]) -> None:
    column = pd.Series(pd.Categorical(names[::-1]))

    assert list(Levels().fit(column).by_name().index) == names


@given(st.lists(st.text(), min_size=1, unique=True))
def test_any_names_are_numbered_once(names: list[str]) -> None:
    column = pd.Series(pd.Categorical(names + names[:1]))

    levels = Levels().fit(column).by_name()

    assert sorted(levels.codes(column.drop_duplicates())) == list(range(len(names)))
    assert levels.counts[levels.index == names[0]].tolist() == [2]
