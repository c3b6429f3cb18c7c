"""Predicting a file with a finished run."""

from pathlib import Path

import pandas as pd
import pytest

from engine.early_workers import early_workers
from engine.errors import NoPredictor
from engine.predict import predict_file
from engine.run_folder import RunFolder
from engine.trained import Trained
from tabular.errors import TableError
from tests.engine.conftest import Fits


@pytest.fixture(scope="module")
def regression(fitted: Fits) -> RunFolder:
    return fitted("--target", "amount", "--drop", "outcome", "--trials", "4").folder


def test_a_run_without_a_final_ensemble_cannot_predict(
    trained: Trained, tmp_path: Path
) -> None:
    lines = (
        (trained.folder.path / "events.jsonl").read_bytes().splitlines(keepends=True)
    )
    (tmp_path / "events.jsonl").write_bytes(b"".join(lines[:20]))

    with pytest.raises(NoPredictor, match="no final ensemble"):
        Trained(RunFolder(tmp_path))


async def test_rows_keep_their_order_and_their_identifier(
    trained: Trained, table: Path, tmp_path: Path
) -> None:
    rows = pd.read_csv(table).head(30).drop(columns="outcome")
    rows.insert(0, "key", [f"row {number}" for number in range(30)])
    # Other columns, another order and an unknown level are no reason to stop.
    rows.loc[0, "shop, of course"] = "moon"
    rows[reversed(rows.columns)].to_csv(tmp_path / "new.csv", index=False)

    out = tmp_path / "out.csv"
    done = await predict_file(trained.folder, tmp_path / "new.csv", out, "key", 2)

    written = pd.read_csv(out)
    assert done.rows == 30
    assert "moon" in done.warnings[0]
    assert list(written.columns) == ["key", "prediction", "proba_no", "proba_yes"]
    assert list(written["key"]) == list(rows["key"])
    larger = written["proba_yes"] > written["proba_no"]
    assert list(written["prediction"] == "yes") == list(larger)


async def test_workers_that_are_on_their_way_are_taken_over(
    trained: Trained, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    with early_workers(trained.folder) as zygote:
        done = await predict_file(trained.folder, table, out, None, 2, zygote=zygote)

    assert done.rows == len(pd.read_csv(out))
    assert zygote is not None
    assert zygote.is_ready


async def test_an_identifier_that_is_not_there_is_named(
    trained: Trained, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(TableError, match="customer"):
        await predict_file(trained.folder, table, tmp_path / "out.csv", "customer", 1)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "level"), [("prediction", None), ("proba_yes", None), ("set", 0.9)]
)
async def test_an_identifier_that_is_called_like_a_column_of_classes_is_refused(
    name: str, level: float | None, trained: Trained, table: Path, tmp_path: Path
) -> None:
    named = tmp_path / "new.csv"
    pd.read_csv(table).assign(**{name: 1}).to_csv(named, index=False)
    out = tmp_path / "out.csv"

    with pytest.raises(TableError, match="rename it in the table"):
        await predict_file(trained.folder, named, out, name, 1, level=level)
    assert not out.exists()


@pytest.mark.parametrize("name", ["lower", "upper"])
async def test_an_identifier_that_is_called_like_a_bound_is_refused_beside_bounds(
    name: str, regression: RunFolder, table: Path, tmp_path: Path
) -> None:
    named = tmp_path / "new.csv"
    pd.read_csv(table).assign(**{name: 1}).to_csv(named, index=False)
    out = tmp_path / "out.csv"

    with pytest.raises(TableError, match="rename it in the table"):
        await predict_file(regression, named, out, name, 1, level=0.9)
    await predict_file(regression, named, out, name, 1)

    assert list(pd.read_csv(out).columns) == [name, "prediction"]


async def test_sets_of_classes_always_hold_the_predicted_one(
    trained: Trained, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"

    await predict_file(trained.folder, table, out, None, 2, level=0.9)

    written = pd.read_csv(out)
    sets = written["set"].str.split(" | ", regex=False)
    pairs = zip(written["prediction"], sets, strict=True)
    assert all(label in members for label, members in pairs)
    truth = pd.read_csv(table)["outcome"]
    held = [label in members for label, members in zip(truth, sets, strict=True)]
    assert sum(held) >= 0.8 * len(held)
