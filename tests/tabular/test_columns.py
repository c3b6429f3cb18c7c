"""Columns: kinds are found, and a table is read again the same way."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.table import USABLE_KINDS, ColumnKind, ColumnSchema, TableSchema
from tabular.columns import apply_schema, infer_schema
from tabular.errors import TableError


def usable(columns: tuple[ColumnSchema, ...]) -> TableSchema:
    return TableSchema(columns=tuple(c for c in columns if c.kind in USABLE_KINDS))


def test_every_kind_is_found(customers: pd.DataFrame) -> None:
    kinds = {column.name: column.kind.value for column in infer_schema(customers, {})}

    assert kinds == {
        "age": "numeric",
        "income": "numeric",
        "town": "category",
        "member": "boolean",
        "since": "datetime",
        "note": "text",
        "always": "constant",
        "never": "empty",
        "household": "numeric",
        "share": "numeric",
        "buys": "boolean",
    }


def test_typed_columns_have_the_promised_dtypes(customers: pd.DataFrame) -> None:
    schema = usable(infer_schema(customers, {"household": ColumnKind.CATEGORY}))

    frame = apply_schema(customers, schema)

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "age": "float64",
        "income": "float64",
        "town": "category",
        "member": "bool",
        "since": "datetime64[us]",
        "note": "str",
        "household": "category",
        "share": "float64",
        "buys": "bool",
    }
    assert list(frame["town"].cat.categories) == ["Jena", "Trier", "Ulm"]
    assert list(frame["household"].cat.categories)[:3] == ["0", "1", "2"]


def test_applying_a_schema_twice_changes_nothing(customers: pd.DataFrame) -> None:
    schema = usable(infer_schema(customers, {}))

    once = apply_schema(customers, schema)

    pd.testing.assert_frame_equal(apply_schema(once, schema), once)


def test_a_single_value_with_gaps_is_not_constant() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 1.0], "b": ["x", None, "x"]})

    kinds = [column.kind for column in infer_schema(frame, {})]

    assert kinds == [ColumnKind.NUMERIC, ColumnKind.CATEGORY]


def test_new_levels_are_missing_and_extra_columns_ignored() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": ["x", "y"] * 5}), {}))

    frame = apply_schema(pd.DataFrame({"b": [1, 2], "a": ["y", "z"]}), schema)

    assert list(frame.columns) == ["a"]
    assert frame["a"].tolist()[0] == "y"
    assert frame["a"].isna().tolist() == [False, True]


def test_levels_are_found_in_another_spelling_of_the_same_number() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": ["007", "x", "1.50"] * 5}), {}))

    frame = apply_schema(pd.DataFrame({"a": [7.0, 1.5]}), schema)

    assert frame["a"].tolist() == ["007", "1.50"]


def test_a_boolean_with_gaps_is_nullable() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": [True, False]}), {}))

    frame = apply_schema(pd.DataFrame({"a": ["true", None]}), schema)

    assert str(frame["a"].dtype) == "boolean"


def test_missing_columns_are_named() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), {}))

    with pytest.raises(TableError, match="lacks the columns 'a', 'b'"):
        apply_schema(pd.DataFrame({"c": [1]}), schema)


def test_a_column_of_another_kind_is_refused() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": [1, 2]}), {}))

    with pytest.raises(TableError, match="'a' should be numeric"):
        apply_schema(pd.DataFrame({"a": ["x", "y"]}), schema)


def test_a_choice_that_does_not_fit_is_refused() -> None:
    frame = pd.DataFrame({"a": ["1", "x"]})

    with pytest.raises(TableError, match="holds 'x'"):
        infer_schema(frame, {"a": ColumnKind.NUMERIC})
    with pytest.raises(TableError, match="no feature column"):
        infer_schema(frame, {"b": ColumnKind.NUMERIC})
    with pytest.raises(TableError, match="--drop"):
        infer_schema(frame, {"a": ColumnKind.EMPTY})


@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(),
            st.none() | st.text(max_size=3),
            st.none() | st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_values_keep_their_rows_and_known_values(
    rows: list[tuple[float | None, str | None, bool | None]],
) -> None:
    frame = pd.DataFrame(rows, columns=["number", "text", "flag"])

    schema = usable(infer_schema(frame, {}))
    typed = apply_schema(frame, schema)

    assert len(typed) == len(frame)
    for column in schema.columns:
        if column.kind is not ColumnKind.NUMERIC:
            assert typed[column.name].isna().equals(frame[column.name].isna())
