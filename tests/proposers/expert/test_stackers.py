"""The expert's level-2 learners."""

import pytest

from proposers.expert.stackers import stacker_entry
from schemas.asks import StackedColumns, StackerAsk


@pytest.mark.parametrize(
    ("rows", "columns", "family"),
    [(5000, 1, "lightgbm"), (300, 1, "linear"), (5000, 40, "linear")],
)
def test_trees_need_many_rows_and_few_columns(
    rows: int, columns: int, family: str
) -> None:
    member = StackedColumns(
        family="linear",
        title="a line",
        columns=tuple(f"m0_{n}" for n in range(columns)),
    )

    entry = stacker_entry(StackerAsk(row_count=rows, members=(member, member)))

    assert entry.family == family
    assert entry.title.startswith("Stacker")
