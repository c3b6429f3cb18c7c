"""Roles: options that contradict the table are refused in one line."""

from pathlib import Path

import pandas as pd
import pytest

from schemas.settings import TableSettings
from tabular.errors import TableError
from tabular.roles import find_table, read_roles

SUPERVISED = TableSettings(table="t", target="buys")


def test_helpers_are_no_features_but_the_time_is(customers: pd.DataFrame) -> None:
    settings = SUPERVISED.model_copy(
        update={"time": "since", "weight": "share", "drop": ("note", "never")}
    )

    roles = read_roles(customers, settings)

    assert list(roles.features.columns) == [
        "age",
        "income",
        "town",
        "member",
        "since",
        "always",
        "household",
    ]
    assert roles.times is not None
    assert roles.times.dtype == "datetime64[us]"
    assert roles.weight is not None
    assert roles.weight.tolist() == customers["share"].tolist()


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    frame = pd.DataFrame({"buys": [0, 1, 0, 1], "g": ["a", None, "a", None]})

    groups = read_roles(frame, SUPERVISED.model_copy(update={"group": "g"})).groups

    assert groups is not None
    assert groups.tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"target": "buy"}, "did you mean 'buys'"),
        ({"drop": ("zzz",)}, "it has 'age', 'income'.* and 1 more"),
        ({"time": "town"}, "'town' must hold a number or a date"),
        ({"time": "income"}, "'income' must hold a number or a date"),
        ({"weight": "town"}, "'town' must hold a number of 0 or more"),
        ({"weight": "income"}, "'income' must hold a number of 0 or more"),
    ],
)
def test_columns_that_cannot_serve_are_refused(
    customers: pd.DataFrame, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(TableError, match=complaint):
        read_roles(customers, SUPERVISED.model_copy(update=changes))


def test_an_example_is_found_by_its_bare_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tabular.roles._EXAMPLES", tmp_path)
    (tmp_path / "shipped.csv").write_text("a\n1\n")

    assert find_table("shipped") == tmp_path / "shipped.csv"
    assert find_table("other") == Path("other")
    assert find_table("folder/shipped") == Path("folder/shipped")
