"""What the columns of a stacker are called."""

import pytest

from tabular.member_names import member_columns


@pytest.mark.parametrize(
    ("columns", "names"),
    [(1, ("m3",)), (2, ("m3",)), (3, ("m3_0", "m3_1", "m3_2"))],
)
def test_a_member_has_a_column_for_each_class_it_tells_apart(
    columns: int, names: tuple[str, ...]
) -> None:
    assert member_columns(3, columns) == names
