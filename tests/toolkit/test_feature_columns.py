"""Safe arithmetic."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.feature_columns import as_pairs, safe_ratio


def test_columns_stand_for_each_of_their_pairs() -> None:
    assert as_pairs(["a", "b", "c"]) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert as_pairs([("a", "b")]) == [("a", "b")]


@given(st.floats(), st.floats())
def test_a_ratio_is_finite_or_missing(upper: float, lower: float) -> None:
    ratio = safe_ratio(np.array([upper]), np.array([lower]))[0]

    assert not np.isinf(ratio)
    if lower == 0:
        assert np.isnan(ratio)
