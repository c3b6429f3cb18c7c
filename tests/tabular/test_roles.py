"""Roles: options that contradict each other or the table are refused in one line."""

from pathlib import Path

import pandas as pd
import pytest

from schemas.settings import TableSettings
from tabular.errors import TableError
from tabular.roles import check_settings, find_table, read_roles

CLUSTERING = TableSettings(table="t", task="clustering")
SUPERVISED = TableSettings(table="t", target="buys")


@pytest.mark.parametrize(
    ("settings", "changes", "complaint"),
    [
        (SUPERVISED, {"target": None}, "Name the column to predict with --target"),
        (SUPERVISED, {"label": "town"}, "--label is for clustering"),
        (SUPERVISED, {"clusters": 3}, "--clusters is for clustering"),
        (SUPERVISED, {"test_size": 1.0}, "--test-size is 1.0"),
        (SUPERVISED, {"group": "town", "time": "since"}, "--group or by --time"),
        (SUPERVISED, {"group": "buys"}, "named for two purposes"),
        (SUPERVISED, {"time": "buys"}, "named for two purposes"),
        (SUPERVISED, {"drop": ("buys",)}, "dropped and needed"),
        (CLUSTERING, {"target": "buys"}, "--label"),
        (CLUSTERING, {"weight": "share"}, "--weight has no meaning"),
        (CLUSTERING, {"test": "t.csv"}, "--test has no meaning"),
        (CLUSTERING, {"clusters": 1}, "must be 2 or more"),
    ],
)
def test_contradictions_are_refused(
    settings: TableSettings, changes: dict[str, object], complaint: str
) -> None:
    check_settings(settings)

    with pytest.raises(TableError, match=complaint):
        check_settings(settings.model_copy(update=changes))


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
