"""New columns from pairs."""

import numpy as np
import pandas as pd
import pytest

from toolkit.pairwise import (
    Pairwise,
    PairwiseDifferences,
    PairwiseProducts,
    PairwiseRatios,
)

TABLE = pd.DataFrame({"a": [6.0, 1.0, np.nan], "b": [3.0, 0.0, 1.0]}, index=[5, 7, 9])


@pytest.mark.parametrize(
    ("block", "name", "expected"),
    [
        (PairwiseRatios, "a / b", [2.0, np.nan, np.nan]),
        (PairwiseDifferences, "a - b", [3.0, 1.0, np.nan]),
        (PairwiseProducts, "a * b", [18.0, 0.0, np.nan]),
    ],
)
def test_each_operation_names_its_column_and_keeps_the_index(
    block: type[Pairwise], name: str, expected: list[float]
) -> None:
    made = block(["a", "b"]).fit(TABLE).transform(TABLE)

    assert list(made.columns) == [name]
    assert made.index.equals(TABLE.index)
    np.testing.assert_array_equal(made[name], expected)


def test_named_pairs_keep_their_direction() -> None:
    made = PairwiseRatios([("b", "a")]).fit(TABLE).transform(TABLE)

    assert made["b / a"].tolist()[:2] == [0.5, 0.0]


def test_an_overflow_is_missing() -> None:
    table = pd.DataFrame({"a": [1e200], "b": [1e200]})

    assert (
        PairwiseProducts(["a", "b"]).fit(table).transform(table).isna().all(axis=None)
    )
