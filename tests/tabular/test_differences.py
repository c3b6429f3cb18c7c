"""What could not be taken as it is, is counted and named."""

import pandas as pd

from schemas.table import ColumnKind, ColumnSchema, TableSchema
from tabular.differences import differences
from tabular.typed_columns import apply_schema

SCHEMA = TableSchema(
    columns=(
        ColumnSchema(name="a", kind=ColumnKind.NUMERIC),
        ColumnSchema(name="b", kind=ColumnKind.CATEGORY, levels=("x", "y")),
    )
)


def told(raw: pd.DataFrame) -> tuple[str, ...]:
    return differences(raw, apply_schema(raw, SCHEMA), SCHEMA)


def test_values_of_another_kind_and_new_levels_are_told() -> None:
    raw = pd.DataFrame({"a": ["1", "soon", None], "b": ["x", "new", "newer"]})

    number, level = told(raw)

    assert number == (
        "1 of 3 values of 'a' are no numbers and count as missing, like 'soon'."
    )
    assert "2 of 3 values of 'b' are categories that were not learned from" in level


def test_what_fits_is_passed_over_in_silence() -> None:
    assert told(pd.DataFrame({"a": [1, None], "b": ["y", None]})) == ()
