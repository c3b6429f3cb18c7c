"""The table that a stacker is fitted to."""

import numpy as np
import pytest

from schemas.table import ColumnKind
from tabular.member_schema import member_schema
from tabular.member_table import member_table


@pytest.mark.parametrize(("columns", "width"), [(1, 2), (2, 2), (4, 8)])
def test_members_stand_side_by_side_under_the_names_of_the_schema(
    columns: int, width: int
) -> None:
    said = np.random.default_rng(0).random((2, 7, columns))

    table = member_table(said)

    assert table.shape == (7, width)
    schema = member_schema(2, columns)
    assert list(table.columns) == [column.name for column in schema.columns]
    assert {column.kind for column in schema.columns} == {ColumnKind.NUMERIC}
    # The last column is the last class (or value) of the last member.
    assert table.iloc[:, -1].to_numpy() == pytest.approx(said[1, :, -1])
