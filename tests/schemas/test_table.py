"""What is known about a table."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.table import USABLE_KINDS, ColumnKind, TableProfile, TableSchema


def test_columns_without_information_are_not_usable() -> None:
    assert set(ColumnKind) - USABLE_KINDS == {
        ColumnKind.CONSTANT,
        ColumnKind.EMPTY,
        ColumnKind.IDENTIFIER,
    }


@settings(max_examples=20)
@given(known=st.from_type(TableSchema) | st.from_type(TableProfile))
def test_what_is_known_survives_being_written(
    known: TableSchema | TableProfile,
) -> None:
    written = known.model_dump_json()

    assert type(known).model_validate_json(written).model_dump_json() == written
