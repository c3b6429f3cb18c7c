"""How the table that a stacker is fitted to is understood."""

from schemas.table import ColumnKind, ColumnSchema, TableSchema
from tabular.member_names import member_columns


def member_schema(members: int, columns: int) -> TableSchema:
    """The columns of `member_table`, all of them numbers."""
    names = [name for m in range(members) for name in member_columns(m, columns)]
    return TableSchema(
        columns=tuple(
            ColumnSchema(name=name, kind=ColumnKind.NUMERIC) for name in names
        )
    )
