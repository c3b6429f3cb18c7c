"""Codes of categories."""

import numpy as np
import pandas as pd

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
