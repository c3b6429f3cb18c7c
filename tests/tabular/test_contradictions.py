"""Options that contradict each other are refused in one line."""

import pytest

from schemas.settings import TableSettings
from tabular.contradictions import check_settings
from tabular.errors import TableError

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
