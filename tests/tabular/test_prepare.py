"""Prepare: one process, one line of JSON, a data folder in which nothing leaks."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from schemas.settings import ColumnKindChoice, TableSettings
from schemas.table import ColumnKind
from schemas.task import TaskKind
from tabular.development import load_development, open_label, open_test, seal_of
from tabular.errors import TableError
from tabular.prepare import REFITS, Prepared, PrepareRequest, prepare

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def table(customers: pd.DataFrame, tmp_path: Path) -> TableSettings:
    """The customers as a CSV file, to predict `buys`."""
    path = tmp_path / "customers.csv"
    customers.to_csv(path, index=False)
    return TableSettings(table=str(path), target="buys")


def request(settings: TableSettings, folder: Path, **changes: object) -> PrepareRequest:
    return PrepareRequest(
        tables=settings.model_copy(update=changes), seed=0, folder=str(folder)
    )


def run(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tabular.prepare"],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_a_process_prepares_a_table(table: TableSettings, tmp_path: Path) -> None:
    asked = request(table, tmp_path / "data")

    finished = run(asked.model_dump_json())

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("\n") == 1
    prepared = Prepared.model_validate(json.loads(finished.stdout)["prepared"])
    again = prepare(request(table, tmp_path / "again"))
    assert prepared == again
    assert prepared.task.kind is TaskKind.BINARY
    assert prepared.task.classes == ("no", "yes")
    assert (prepared.task.rows, prepared.task.test_rows) == (240, 60)
    assert prepared.baseline == 0.5
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "development.parquet",
        "folds.npy",
        "schema.json",
        "sealed",
        "target.npy",
        "test_features.parquet",
        "test_rows.npy",
    ]


def test_a_user_error_is_one_line_and_status_two(
    table: TableSettings, tmp_path: Path
) -> None:
    finished = run(request(table, tmp_path / "data", target="buy").model_dump_json())

    assert finished.returncode == 2
    assert json.loads(finished.stdout) == {
        "error": "The table has no column 'buy'; did you mean 'buys'?"
    }
    assert not (tmp_path / "data").exists()


def test_a_bug_is_status_one_with_a_traceback() -> None:
    finished = run("{}")

    assert finished.returncode == 1
    assert "Traceback" in finished.stderr
    assert finished.stdout == ""


def test_the_folder_holds_development_rows_and_seals_the_rest(
    table: TableSettings, customers: pd.DataFrame, tmp_path: Path
) -> None:
    prepared = prepare(request(table, tmp_path, weight="share"))
    development, test = load_development(tmp_path), open_test(tmp_path)

    assert prepared.seal == seal_of(tmp_path)
    assert prepared.task.is_weighted
    assert len(development.frame) == prepared.task.rows
    assert development.frame.shape[1] == prepared.task.features == 7
    assert test.weight is not None
    assert test.weight.tolist() == customers["share"][test.numbers].tolist()
    labels = np.array(prepared.task.classes)[test.target.astype(int)]
    assert labels.tolist() == customers["buys"][test.numbers].tolist()
    assert np.count_nonzero(development.folds >= 0) == prepared.task.validation_rows
    names = [column.name for column in prepared.profile.columns]
    assert "buys" not in names
    assert "share" not in names
    assert "never" in names
    assert any("'always', 'never'" in warning for warning in prepared.profile.warnings)


def test_shown_rows_carry_their_label_and_are_never_scored(
    table: TableSettings, tmp_path: Path
) -> None:
    prepared = prepare(request(table, tmp_path))
    development = load_development(tmp_path)

    shown = [json.loads(row) for row in prepared.showcase]

    assert len(shown) == 12
    assert {row["buys"] for row in shown} == {"yes", "no"}
    scored = set(development.frame["note"][development.folds >= 0])
    assert not {row["note"] for row in shown} & scored


def test_regression_with_a_time_is_ordered(
    table: TableSettings, customers: pd.DataFrame, tmp_path: Path
) -> None:
    prepared = prepare(
        request(table, tmp_path, target="share", time="since", metric="mae")
    )
    development, test = load_development(tmp_path), open_test(tmp_path)

    assert prepared.task.kind is TaskKind.REGRESSION
    assert prepared.task.metric == "mae"
    assert development.is_ordered
    since = pd.to_datetime(development.frame["since"])
    assert since.max() < pd.to_datetime(test.features["since"]).min()
    for fold in range(prepared.task.folds):
        training, scored = (
            development.training_rows(fold),
            development.scored_rows(fold),
        )
        assert since.iloc[training].max() < since.iloc[scored].min()
    errors = [abs(customers["share"] - customers["share"].mean()).mean()]
    assert prepared.baseline == pytest.approx(errors[0], rel=0.2)
    assert isinstance(json.loads(prepared.showcase[0])["share"], float)


def test_holdout_validation_is_one_fold(table: TableSettings, tmp_path: Path) -> None:
    prepared = prepare(request(table, tmp_path, validation="holdout"))

    folds = load_development(tmp_path).folds

    assert prepared.task.folds == 1
    assert np.bincount(folds + 1).tolist() == [192, 48]


def test_clustering_sets_the_label_aside(table: TableSettings, tmp_path: Path) -> None:
    prepared = prepare(
        request(table, tmp_path, target=None, label="buys", task="clustering")
    )
    development = load_development(tmp_path)

    assert prepared.task.kind is TaskKind.CLUSTERING
    assert (prepared.task.folds, prepared.task.test_rows) == (1 + REFITS, 0)
    assert prepared.task.validation_rows == 300
    assert development.target is None
    assert "buys" not in development.frame.columns
    assert not any("buys" in row for row in prepared.showcase)
    assert set(open_label(tmp_path).tolist()) == {0, 1}
    assert prepared.seal is not None


def test_the_kinds_and_the_positive_class_are_the_users(
    table: TableSettings, tmp_path: Path
) -> None:
    kinds = (ColumnKindChoice(column="household", kind=ColumnKind.CATEGORY),)

    prepared = prepare(request(table, tmp_path, kinds=kinds, positive="no"))

    assert prepared.task.classes == ("yes", "no")
    column = next(c for c in prepared.table_schema.columns if c.name == "household")
    assert column.kind is ColumnKind.CATEGORY


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"metric": "rmse"}, "choose one of roc_auc"),
        ({"target": "town", "task": "binary"}, "3 classes"),
        ({"target": "always"}, "nothing to learn"),
        (
            {"target": "buys", "drop": ("age", "income", "town", "member", "since")},
            "No column is left",
        ),
        ({"table": "nowhere.csv"}, "no table at 'nowhere.csv'"),
    ],
)
def test_what_cannot_be_prepared_is_refused_before_anything_is_written(
    table: TableSettings,
    tmp_path: Path,
    changes: dict[str, object],
    complaint: str,
) -> None:
    if "drop" in changes:
        path = tmp_path / "few.csv"
        pd.read_csv(table.table)[[*changes["drop"], "always", "buys"]].to_csv(  # type: ignore[misc]
            path, index=False
        )
        changes = {**changes, "table": str(path)}

    with pytest.raises(TableError, match=complaint):
        prepare(request(table, tmp_path / "data", **changes))

    assert not (tmp_path / "data").exists()


def test_a_metric_that_no_fold_defines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sorted.csv"
    # Eight folds make nine blocks of thirty rows, each of one class.
    rows = np.arange(270)
    labels = np.select([rows < 60, rows < 120], ["a", "b"], "c")
    pd.DataFrame({"t": rows, "x": rows % 7, "y": labels}).to_csv(path, index=False)
    asked = TableSettings(
        table=str(path), target="y", time="t", metric="roc_auc", test_size=0.0
    )

    with pytest.raises(TableError, match="roc_auc is undefined"):
        prepare(request(asked, tmp_path / "data"))

    assert not (tmp_path / "data").exists()


def test_a_table_of_text_cannot_be_clustered(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("a\n" + "\n".join(f"a note on {i}" for i in range(40)))

    with pytest.raises(TableError, match="nothing but text"):
        prepare(request(TableSettings(table=str(path), task="clustering"), tmp_path))
    with pytest.raises(TableError, match="40 rows; 60 are needed"):
        prepare(
            request(
                TableSettings(table=str(path), task="clustering", clusters=30), tmp_path
            )
        )


def test_the_users_words_stand_in_the_profile(
    table: TableSettings, tmp_path: Path
) -> None:
    words = tmp_path / "words.json"
    words.write_text(
        '{"table": "Customers", "columns": {"age": "in years", "buys": "?"}}'
    )

    prepared = prepare(request(table, tmp_path / "data", describe=str(words)))

    assert prepared.profile.description == "Customers\nThe target 'buys': ?"
    described = {c.name: c.description for c in prepared.profile.columns}
    assert {name for name, text in described.items() if text} == {"age"}


def test_the_decimal_mark_is_kept_for_tables_to_come(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    customers.to_csv(path, index=False, sep=";", decimal=",")
    asked = TableSettings(table=str(path), target="buys")

    prepared = prepare(request(asked, tmp_path / "data"))

    assert prepared.table_schema.decimal == ","
    kinds = {column.name: column.kind for column in prepared.table_schema.columns}
    assert kinds["share"] is ColumnKind.NUMERIC


def test_a_disk_that_fails_is_status_74(table: TableSettings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    finished = run(request(table, tmp_path / "file" / "data").model_dump_json())

    assert finished.returncode == 74
    assert json.loads(finished.stdout) == {"errno": errno.ENOTDIR}


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ((" <=50K", " >50K"), ("<=50K", ">50K")),
        (("1.0", "2.0"), ("1", "2")),
        (("1,5", "2,5"), ("1.5", "2.5")),
    ],
)
def test_labels_are_remembered_as_they_are_written(
    tmp_path: Path, written: tuple[str, str], classes: tuple[str, str]
) -> None:
    rows = [f'{number};"{written[number % 2]}"' for number in range(60)]
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(["x;y", *rows]))

    asked = request(TableSettings(table=str(path), target="y"), tmp_path / "data")
    task = prepare(asked).task

    assert task.classes == classes
    assert task.labels == written


def test_labels_that_are_read_as_they_are_written_are_kept_once(
    table: TableSettings, tmp_path: Path
) -> None:
    task = prepare(request(table, tmp_path / "data")).task

    assert task.spellings == ()
    assert task.labels == task.classes
