"""An inspection says what a run would understand, and runs nothing."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.inspecting import inspect_table
from reports.inspection import Inspection
from schemas.settings import TableSettings
from schemas.table import ColumnKind
from schemas.task import TaskKind
from tabular.errors import TableError

ROWS = 120


@pytest.fixture
def table(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    target = np.where(random.random(ROWS) < 0.3, "yes", "no")
    frame = pd.DataFrame(
        {
            "id": range(ROWS),
            "x": random.normal(size=ROWS),
            "outcome code": np.where(target == "yes", 7.0, 3.0),
            "y": target,
        }
    )
    frame.loc[:3, "y"] = None
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    return path


def inspection(path: Path, **changes: object) -> Inspection:
    return inspect_table(TableSettings.model_validate({"table": str(path)} | changes))


def test_task_columns_warnings_and_leaks_are_told(table: Path) -> None:
    found = inspection(table, target="y")

    assert (found.rows, found.kind, found.metric) == (ROWS, TaskKind.BINARY, "roc_auc")
    assert [count.label for count in found.classes] == ["no", "yes"]
    assert sum(count.rows for count in found.classes) == ROWS - 4
    assert [column.kind for column in found.columns] == [
        ColumnKind.IDENTIFIER,
        ColumnKind.NUMERIC,
        ColumnKind.NUMERIC,
    ]
    assert any("4 rows of the table have no target" in text for text in found.warnings)
    assert [leak.column for leak in found.leaks] == ["outcome code"]
    assert [path.name for path in table.parent.iterdir()] == ["table.csv"]


def test_regression_has_no_classes(table: Path) -> None:
    found = inspection(table, target="x", metric="mae")

    assert (found.kind, found.metric, found.classes) == (
        TaskKind.REGRESSION,
        "mae",
        (),
    )


def test_without_a_target_the_columns_are_told(table: Path) -> None:
    found = inspection(table, drop=("y",))

    assert (found.kind, found.leaks) == (None, ())
    assert [column.name for column in found.columns] == ["id", "x", "outcome code"]


def test_kinds_and_descriptions_are_the_users(table: Path) -> None:
    words = table.parent / "words.txt"
    words.write_text("About a shop\nid: of the customer\n")
    kinds = ({"column": "id", "kind": "numeric"},)

    found = inspection(table, target="y", kinds=kinds, describe=str(words))

    assert found.description == "About a shop"
    assert found.columns[0].description == "of the customer"
    assert found.columns[0].kind is ColumnKind.NUMERIC


def test_what_a_run_would_refuse_is_refused(table: Path) -> None:
    with pytest.raises(TableError, match="no column 'z'"):
        inspection(table, target="z")
    with pytest.raises(TableError, match="--target"):
        inspection(table, task="binary")
