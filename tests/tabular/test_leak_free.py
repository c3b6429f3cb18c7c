"""Columns that give the target away go when the user says so, and no others."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from schemas.settings import TableSettings
from schemas.task import TaskKind
from tabular.columns import infer_schema
from tabular.development import load_development
from tabular.errors import TableError
from tabular.leak_free import LeakFree, drop_leaks
from tabular.leaks import score_without
from tabular.prepare import PrepareRequest, prepare

ROWS = 300
RANDOM = np.random.default_rng(3)
AMOUNT = RANDOM.normal(size=ROWS)
SOLD = (AMOUNT + RANDOM.normal(size=ROWS) > 0).astype(np.int64)
FRAME = pd.DataFrame(
    {
        "amount": AMOUNT,
        "shop": RANDOM.choice(["a", "b"], ROWS),
        "invoice": SOLD * 10 + RANDOM.random(ROWS),
        "returned on": np.where(SOLD == 1, RANDOM.random(ROWS), np.nan),
    }
)


def dropped(frame: pd.DataFrame) -> LeakFree:
    return drop_leaks(frame, infer_schema(frame), SOLD, TaskKind.BINARY)


def test_values_and_gaps_that_tell_the_target_go() -> None:
    left = dropped(FRAME)

    assert [column.name for column in left.columns] == ["amount", "shop"]
    assert "'invoice' was left out as a leak" in left.warnings[0]
    assert "where it is missing" in left.warnings[1]


def test_honest_columns_stay() -> None:
    left = dropped(FRAME[["amount", "shop"]])

    assert len(left.columns) == len(("amount", "shop"))
    assert left.warnings == ()


@pytest.mark.parametrize("kind", [TaskKind.BINARY, TaskKind.REGRESSION])
def test_the_score_without_a_leak_is_that_of_the_rest(kind: TaskKind) -> None:
    target = SOLD if kind is TaskKind.BINARY else SOLD * 3.0 + AMOUNT
    frame = FRAME[["amount", "invoice"]]
    columns = infer_schema(frame)

    def without(*names: str) -> float:
        return score_without(names, frame, columns, target, kind)

    assert without() > 0.95
    assert without("invoice") < without() - 0.05
    chance = 0.5 if kind is TaskKind.BINARY else 0.0
    assert without("invoice", "amount") == pytest.approx(chance, abs=0.1)


def test_a_prepared_table_lacks_its_leaks(tmp_path: Path) -> None:
    prepared = prepare(request(tmp_path, FRAME))

    names = [column.name for column in prepared.table_schema.columns]
    assert names == list(load_development(tmp_path / "data").frame.columns)
    assert names == ["amount", "shop"]
    assert any("left out as a leak" in text for text in prepared.profile.warnings)


def test_a_table_of_leaks_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="No column is left"):
        prepare(request(tmp_path, FRAME[["invoice"]]))


def request(folder: Path, frame: pd.DataFrame) -> PrepareRequest:
    path = folder / "sales.csv"
    frame.assign(sold=SOLD).to_csv(path, index=False)
    settings = TableSettings(table=str(path), target="sold", are_leaks_dropped=True)
    return PrepareRequest(tables=settings, seed=0, folder=str(folder / "data"))
