"""Columns: kinds are found, and a table is read again the same way."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.settings import ColumnKindChoice
from schemas.table import USABLE_KINDS, ColumnKind, ColumnSchema, TableSchema
from tabular.columns import infer_schema
from tabular.errors import TableError
from tabular.typed_columns import apply_schema


def usable(columns: tuple[ColumnSchema, ...]) -> TableSchema:
    return TableSchema(columns=tuple(c for c in columns if c.kind in USABLE_KINDS))


def chosen(column: str, kind: str, format_: str | None = None) -> ColumnKindChoice:
    return ColumnKindChoice(column=column, kind=ColumnKind(kind), format=format_)


def test_every_kind_is_found(customers: pd.DataFrame) -> None:
    kinds = {column.name: column.kind.value for column in infer_schema(customers)}

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
    schema = usable(infer_schema(customers, [chosen("household", "category")]))

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
    schema = usable(infer_schema(customers))

    once = apply_schema(customers, schema)

    pd.testing.assert_frame_equal(apply_schema(once, schema), once)


def test_a_single_value_with_gaps_is_not_constant() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 1.0], "b": ["x", None, "x"]})

    kinds = [column.kind for column in infer_schema(frame)]

    assert kinds == [ColumnKind.NUMERIC, ColumnKind.CATEGORY]


def test_new_levels_are_missing_and_extra_columns_ignored() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": ["x", "y"] * 5})))

    frame = apply_schema(pd.DataFrame({"b": [1, 2], "a": ["y", "z"]}), schema)

    assert list(frame.columns) == ["a"]
    assert frame["a"].tolist()[0] == "y"
    assert frame["a"].isna().tolist() == [False, True]


def test_levels_are_found_in_another_spelling_of_the_same_number() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": ["007", "x", "1.50"] * 5})))

    frame = apply_schema(pd.DataFrame({"a": [7.0, 1.5]}), schema)

    assert frame["a"].tolist() == ["007", "1.50"]


def test_a_boolean_with_gaps_is_nullable() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": [True, False]})))

    frame = apply_schema(pd.DataFrame({"a": ["true", None]}), schema)

    assert str(frame["a"].dtype) == "boolean"


def test_missing_columns_are_named() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": [1, 2], "b": [3, 4]})))

    with pytest.raises(TableError, match="lacks the columns 'a', 'b'"):
        apply_schema(pd.DataFrame({"c": [1]}), schema)


def test_a_column_of_another_kind_is_refused() -> None:
    schema = usable(infer_schema(pd.DataFrame({"a": [1, 2]})))

    with pytest.raises(TableError, match="'a' should be numeric"):
        apply_schema(pd.DataFrame({"a": ["x", "y"]}), schema)


def test_a_choice_that_does_not_fit_is_refused() -> None:
    frame = pd.DataFrame({"a": ["1", "x"]})

    with pytest.raises(TableError, match="holds 'x'"):
        infer_schema(frame, [chosen("a", "numeric")])
    with pytest.raises(TableError, match="no feature column"):
        infer_schema(frame, [chosen("b", "numeric")])
    with pytest.raises(TableError, match="--drop"):
        infer_schema(frame, [chosen("a", "empty")])


MORE_COLUMNS: dict[str, tuple[list[object], ColumnKind]] = {
    "id": ([*range(100, 140)], ColumnKind.IDENTIFIER),
    "town": ([f"t{'x' * (n % 21)}" for n in range(42)], ColumnKind.HIGH_CARDINALITY),
    "took": (["1:30:00", "2 days"], ColumnKind.DURATION),
    "span": ([pd.Timedelta("1h"), pd.Timedelta("2h")], ColumnKind.DURATION),
    "day": (["31.12.2024", "01.02.2024"], ColumnKind.DATETIME),
    "compact": ([20241231, 20240102], ColumnKind.DATETIME),
    "compact with a gap": ([20241231, None], ColumnKind.DATETIME),
    "fractions like compact dates": ([20241231.5, 20240102.5], ColumnKind.NUMERIC),
    "number": ([20241231, 20240199], ColumnKind.NUMERIC),
}


@pytest.mark.parametrize("name", MORE_COLUMNS)
def test_rarer_kinds_are_found(name: str) -> None:
    values, kind = MORE_COLUMNS[name]
    frame = pd.DataFrame({name: values, "other": [1.5, 2.5] * (len(values) // 2)})

    assert infer_schema(frame)[0].kind is kind


def test_dates_are_read_again_in_the_form_that_was_found() -> None:
    schema = usable(infer_schema(pd.DataFrame({"day": ["13/2/2024", "1/3/2024"]})))

    frame = apply_schema(pd.DataFrame({"day": ["2/3/2024"]}), schema)

    assert schema.columns[0].format == "%d/%m/%Y"
    assert frame["day"].tolist() == [pd.Timestamp("2024-03-02")]
    with pytest.raises(TableError, match="written like %d/%m/%Y"):
        apply_schema(pd.DataFrame({"day": ["March"]}), schema)


@pytest.mark.parametrize("choices", [[], [chosen("born", "datetime", "%d/%m/%y")]])
def test_later_dates_are_read_in_the_century_that_was_learned(
    choices: list[ColumnKindChoice],
) -> None:
    births = pd.DataFrame({"born": ["13/03/45", "01/12/68", "30/06/01"]})
    schema = usable(infer_schema(births, choices))

    frame = apply_schema(pd.DataFrame({"born": ["12/03/40", "12/03/10"]}), schema)

    assert frame["born"].dt.year.tolist() == [1940, 2010]


def test_the_user_says_how_dates_are_written() -> None:
    frame = pd.DataFrame({"day": ["5/6/2024", "1/2/2024"]})

    (column,) = infer_schema(frame, [chosen("day", "datetime", "%d/%m/%Y")])

    assert column.format == "%d/%m/%Y"
    with pytest.raises(TableError, match="'%Q' is no format"):
        infer_schema(frame, [chosen("day", "datetime", "%Q")])
    for other in ("%d.%m.%Y", "%d/%m/%Y since May", f"%d/%m/%Y since {10**20}"):
        with pytest.raises(TableError, match="holds '5/6/2024'"):
            infer_schema(frame, [chosen("day", "datetime", other)])


def test_an_identifier_is_kept_where_it_is_wanted_or_all_there_is() -> None:
    frame = pd.DataFrame({"id": range(40), "x": np.linspace(0, 1, 40)})

    assert infer_schema(frame)[0].kind is ColumnKind.IDENTIFIER
    assert infer_schema(frame, time="id")[0].kind is ColumnKind.NUMERIC
    assert infer_schema(frame[["id"]])[0].kind is ColumnKind.NUMERIC
    (kept, _) = infer_schema(frame, [chosen("id", "numeric")])
    assert kept.kind is ColumnKind.NUMERIC
    (_, aside) = infer_schema(frame, [chosen("x", "identifier")])
    assert aside.kind is ColumnKind.IDENTIFIER


def test_durations_become_seconds() -> None:
    schema = usable(infer_schema(pd.DataFrame({"took": ["1:30:00", "0:10:00"]})))

    frame = apply_schema(pd.DataFrame({"took": ["2 hours", None]}), schema)

    assert frame["took"].tolist()[0] == 7200
    assert str(frame["took"].dtype) == "float64"
    pd.testing.assert_frame_equal(apply_schema(frame, schema), frame)


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

    schema = usable(infer_schema(frame))
    typed = apply_schema(frame, schema)

    assert len(typed) == len(frame)
    for column in schema.columns:
        if column.kind is not ColumnKind.NUMERIC:
            assert typed[column.name].isna().equals(frame[column.name].isna())
