"""The table is read, split and sealed by a process of its own."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bus.blobs import BlobStore
from engine.preparing import PrepareError, Preparing, fold_bounds
from schemas.inputs import PrepareFailed, TablePrepared
from schemas.settings import RunSettings, TableSettings
from schemas.table import TableSchema
from tabular.splitting import choose_folds


def preparing(
    tmp_path: Path, table: Path, data: Path | None = None, target: str = "outcome"
) -> Preparing:
    tables = TableSettings(table=str(table), target=target)
    settings = RunSettings(tables=tables, trials=6)
    blobs = BlobStore(tmp_path / "blobs")
    return Preparing(settings, data or tmp_path / "data", blobs)


@pytest.mark.parametrize(
    ("seconds", "workers", "folds"),
    [(10.0, 1, 5), (60.0, 1, 8), (10.0, 4, 8), (None, 4, 5)],
)
async def test_time_for_more_folds_is_used_for_them(
    seconds: float | None, workers: int, folds: int, tmp_path: Path
) -> None:
    values = np.random.default_rng(0).normal(size=(2_600, 2))
    path = tmp_path / "table.csv"
    pd.DataFrame(values, columns=["a", "outcome"]).to_csv(path, index=False)
    settings = RunSettings(
        tables=TableSettings(table=str(path), target="outcome"),
        trials=6 if seconds is None else None,
        budget_seconds=seconds,
        workers=workers,
    )
    blobs = BlobStore(tmp_path / "blobs")

    outcome = await Preparing(settings, tmp_path / "data", blobs).run()

    assert isinstance(outcome.body, TablePrepared)
    assert outcome.body.task.folds == folds


@pytest.mark.parametrize(
    ("seconds", "rows", "folds"),
    [
        (54.0, 5_000, 8),
        (54.0, 8_000, 5),
        (54.0, 12_000, 3),
        (54.0, 16_000, 1),
        (18.0, 4_800, 3),
        (18.0, 8_000, 1),
        (1.0, 2_500, 5),
        (7200.0, 99_000, 5),
        (7200.0, 499_000, 3),
        (None, 16_000, 5),
    ],
)
def test_the_shorter_the_time_for_each_row_the_fewer_folds(
    seconds: float | None, rows: int, folds: int
) -> None:
    settings = RunSettings(
        tables=TableSettings(table="rows.csv", target="outcome"),
        trials=6 if seconds is None else None,
        budget_seconds=seconds,
        workers=1,
    )

    assert choose_folds(rows, bounds=fold_bounds(settings)) == folds


async def test_what_it_finds_is_kept_and_told(table: Path, tmp_path: Path) -> None:
    work = preparing(tmp_path, table)

    outcome = await work.run()

    body = outcome.body
    assert isinstance(body, TablePrepared)
    assert body.task.classes == ("no", "yes")
    assert body.seal is not None
    text = BlobStore(tmp_path / "blobs").read_text(body.table_schema)
    names = [column.name for column in TableSchema.model_validate_json(text).columns]
    assert names[:3] == ["a", "b", "shop, of course"]
    assert (tmp_path / "data" / "sealed").is_dir()


async def test_a_table_that_is_not_there_is_the_users_to_mend(tmp_path: Path) -> None:
    work = preparing(tmp_path, tmp_path / "nowhere.csv")

    outcome = await work.run()

    assert isinstance(outcome.body, PrepareFailed)
    assert "nowhere.csv" in outcome.body.message
    assert not (tmp_path / "data").exists()


async def test_a_target_without_a_choice_is_the_users_to_mend(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    pd.DataFrame({"a": range(50), "outcome": ["same"] * 50}).to_csv(table, index=False)

    outcome = await preparing(tmp_path, table).run()

    assert isinstance(outcome.body, PrepareFailed)
    assert "outcome" in outcome.body.message


async def test_a_disk_that_fails_is_told_as_such(table: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(NotADirectoryError):
        await preparing(tmp_path, table, tmp_path / "file" / "data").run()


@pytest.mark.parametrize("name", ["outcome", "n" * 1_000_000])
async def test_a_process_that_dies_leaves_its_trace(
    name: str, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if it does so while it is sent more than a pipe holds."""
    monkeypatch.setattr("engine.preparing._environment", dict)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(PrepareError, match="No module named 'tabular'"):
        await preparing(tmp_path, table, target=name).run()
