"""Tables as they cross to the engine."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from sage_loop.estimators.tables import as_frame, column_names, free_name, write_table


def test_columns_without_texts_for_names_are_counted() -> None:
    assert column_names(np.zeros((2, 3))) == ["x0", "x1", "x2"]
    assert column_names(pd.DataFrame({1: [0], "a": [0]})) == ["x0", "x1"]
    assert column_names(pd.DataFrame({"b": [0], "a": [0]})) == ["b", "a"]


def test_rows_are_counted_anew_and_kinds_are_kept() -> None:
    table = pd.DataFrame({"a": pd.Categorical(["u", None])}, index=[7, 7])

    frame = as_frame(table, ["a"])

    assert list(frame.index) == [0, 1]
    assert frame["a"].dtype == table["a"].dtype
    assert table.index.tolist() == [7, 7]


def test_objects_of_an_array_get_the_kind_that_they_have() -> None:
    frame = as_frame(np.array([[1, "a"], [2.5, "b"]], dtype=object), ["x0", "x1"])

    assert frame["x0"].dtype == np.float64
    assert isinstance(frame["x1"].dtype, pd.StringDtype | np.dtype)


def test_the_target_gets_a_name_that_no_column_has() -> None:
    assert free_name(None, ["a"]) == "target"
    assert free_name("a", ["a", "a_"]) == "a__"
    assert free_name(3, ["target"]) == "target_"


def test_mixed_objects_cross_as_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"a": [1, "x", None], "b": [Decimal(1), {}, [2]]}, dtype=object
    )

    write_table(frame, tmp_path / "a.arrow")

    back = pd.read_feather(tmp_path / "a.arrow")
    assert back["a"].tolist()[:2] == ["1", "x"]
    assert back["a"].isna().tolist() == [False, False, True]
    assert back["b"].tolist() == ["1", "{}", "[2]"]
