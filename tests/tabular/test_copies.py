"""Copies: rows with exactly the same features, in one table or in two."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tabular.copies import are_copies, copy_ids


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", None, "b"]))))
def test_copies_are_rows_with_the_same_values(
    rows: list[tuple[int, str | None]],
) -> None:
    frame = pd.DataFrame(rows, columns=["number", "text"])

    ids = copy_ids(frame)

    expected: dict[tuple[int, str | None], set[int]] = {}
    for row, found in zip(rows, ids, strict=True):
        expected.setdefault(row, set()).add(int(found))
    assert all(len(found) == 1 for found in expected.values())
    assert len(set(ids.tolist())) == len(expected)


def test_rows_are_found_again_whatever_categories_each_table_has() -> None:
    def table(names: list[str | None], numbers: list[float]) -> pd.DataFrame:
        return pd.DataFrame({"name": pd.Categorical(names), "number": numbers})

    known = table(["z", "a", None], [1.0, 2.0, np.nan])
    later = table([None, "a", "a", "z"], [np.nan, 2.0, 1.0, 1.0])

    assert are_copies(later, known).tolist() == [True, True, False, True]
