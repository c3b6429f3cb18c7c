"""Predicting tables that differ from the one that was learned from."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from run import app

ROWS = 120
LONG = "long " * 60
NAMES = ["two words", 'a "quoted" name', "line\nbreak", "🙂", "__class__", "=1+1", LONG]
AMOUNT, SHOP, MANY, DAY, TOOK, FLAG, NOISE = NAMES


def make_table() -> pd.DataFrame:
    random = np.random.default_rng(0)
    amount = random.normal(size=ROWS).round(3)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        random.integers(0, 900, ROWS), unit="D"
    )
    return pd.DataFrame(
        {
            AMOUNT: amount,
            SHOP: random.choice(["north", "1.1", "1.10"], ROWS),
            MANY: [f"@customer {n % 24}" for n in range(ROWS)],
            DAY: days.strftime("%d/%m/%Y"),
            TOOK: [f"{n}:30:00" for n in random.integers(0, 30, ROWS)],
            FLAG: random.choice(["yes", "no"], ROWS),
            NOISE: random.integers(0, 1000, ROWS),
            "prediction": amount * 3 + 1,
        }
    )


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a table whose names try everything."""
    folder = tmp_path_factory.mktemp("learned")
    make_table().to_csv(folder / "table.csv", index=False, sep=";", decimal=",")
    words = (
        "--target",
        "prediction",
        "--trials",
        "6",
        "--run-dir",
        str(folder / "run"),
    )
    done = CliRunner().invoke(app, ["fit", str(folder / "table.csv"), *words])
    assert done.exit_code == 0, done.stderr
    return folder / "run"


Predict = Callable[..., Result]


@pytest.fixture
def predict(learned: Path, tmp_path: Path) -> Predict:
    """Predict a frame or a file; the answer is in `out.csv`."""

    def command(table: pd.DataFrame | Path, *more: str) -> Result:
        path = tmp_path / "new.csv"
        if isinstance(table, pd.DataFrame):
            table.to_csv(path, index=False)
        else:
            path = table
        words = ["predict", str(learned), str(path), "--out", str(tmp_path / "out.csv")]
        return CliRunner().invoke(app, [*words, *more])

    return command


def answer(tmp_path: Path) -> pd.DataFrame:
    return pd.read_csv(tmp_path / "out.csv")


@pytest.fixture(scope="module")
def first(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What is predicted for the table itself."""
    folder = tmp_path_factory.mktemp("first")
    make_table().to_csv(folder / "new.csv", index=False)
    words = ("predict", learned, folder / "new.csv", "--out", folder / "out.csv")
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.stderr
    assert "warning" not in done.stderr
    return answer(folder)


def test_what_was_learned_is_predicted(first: pd.DataFrame) -> None:
    truth = make_table()["prediction"]

    assert np.corrcoef(first["prediction"], truth)[0, 1] > 0.9


def test_any_order_of_columns_and_further_ones_make_no_difference(
    predict: Predict, first: pd.DataFrame, tmp_path: Path
) -> None:
    table = make_table()

    done = predict(table[table.columns[::-1]].assign(more="x"))

    assert done.exit_code == 0, done.stderr
    assert answer(tmp_path).equals(first)


def test_the_same_values_in_typed_columns_make_no_difference(
    predict: Predict, first: pd.DataFrame, tmp_path: Path
) -> None:
    table = make_table()
    table[DAY] = pd.to_datetime(table[DAY], format="%d/%m/%Y")
    table[TOOK] = pd.to_timedelta(table[TOOK])
    table[FLAG] = table[FLAG] == "yes"
    table[NOISE] = table[NOISE].astype("float32")
    table[SHOP] = table[SHOP].astype("category")
    table.to_parquet(tmp_path / "typed.parquet")

    done = predict(tmp_path / "typed.parquet")

    assert done.exit_code == 0, done.stderr
    assert answer(tmp_path).equals(first)


def test_dates_are_read_as_those_that_were_learned_from_or_in_iso_form(
    predict: Predict, tmp_path: Path
) -> None:
    rows = pd.concat([make_table().head(1)] * 2)
    rows[DAY] = ["03/04/2024", "2024-04-03"]

    predict(rows)

    assert answer(tmp_path)["prediction"].nunique() == 1


def test_missing_columns_are_named(predict: Predict, tmp_path: Path) -> None:
    done = predict(make_table().drop(columns=[SHOP, DAY]))

    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "lacks the columns" in line
    assert "quoted" in line
    assert "🙂" in line
    assert not (tmp_path / "out.csv").exists()


def test_new_categories_and_single_values_of_another_kind_are_told(
    predict: Predict, tmp_path: Path
) -> None:
    table = make_table().assign(**{SHOP: "east"}).astype({AMOUNT: object})
    table.loc[3, AMOUNT] = "unknown"

    done = predict(table)

    assert done.exit_code == 0, done.stderr
    assert "1 of 120 values of 'two words' are no numbers" in done.stderr
    assert "120 of 120 values of 'a \"quoted\" name' are categories" in done.stderr
    assert "'east'" in done.stderr
    assert answer(tmp_path).notna().all(axis=None)


def test_categories_are_known_where_the_table_holds_no_words(
    predict: Predict, first: pd.DataFrame, tmp_path: Path
) -> None:
    table = make_table()
    is_number = table[SHOP] != "north"

    done = predict(table[is_number])

    assert "warning" not in done.stderr
    expected = first[is_number].reset_index(drop=True)
    pd.testing.assert_frame_equal(answer(tmp_path), expected)


def test_a_column_of_another_kind_is_refused(predict: Predict, tmp_path: Path) -> None:
    done = predict(make_table().assign(**{AMOUNT: "words"}))

    assert done.exit_code == 2
    assert "'two words' should be numeric" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_an_empty_table_is_refused(predict: Predict, tmp_path: Path) -> None:
    done = predict(make_table().head(0))

    assert done.exit_code == 2
    assert "no rows" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_columns_without_any_value_are_missing_values(
    predict: Predict, tmp_path: Path
) -> None:
    bare = make_table().assign(**dict.fromkeys(NAMES)).head(3)

    done = predict(bare)

    assert done.exit_code == 0, done.stderr
    assert answer(tmp_path)["prediction"].notna().tolist() == [True] * 3


def test_an_identifier_that_is_called_like_the_predictions_is_refused(
    predict: Predict, tmp_path: Path
) -> None:
    done = predict(make_table(), "--id", "prediction")

    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "rename it in the table" in line
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("out", "complaint"), [("none/out.csv", "no folder"), (".", "is a folder")]
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    learned: Path, tmp_path: Path, out: str, complaint: str
) -> None:
    make_table().to_csv(tmp_path / "new.csv", index=False)
    words = ["predict", str(learned), str(tmp_path / "new.csv"), "--out"]

    done = CliRunner().invoke(app, [*words, str(tmp_path / out)])

    assert done.exit_code == 2
    assert complaint in done.stderr


def test_a_run_with_such_names_is_replayed_and_shown(learned: Path) -> None:
    for command in ("replay", "show"):
        done = CliRunner().invoke(app, [command, str(learned)])

        assert done.exit_code == 0, done.stderr


@pytest.mark.deep
def test_a_run_with_such_names_leaves_the_house(
    learned: Path, first: pd.DataFrame, tmp_path: Path
) -> None:
    make_table().to_csv(tmp_path / "new.csv", index=False)
    out = tmp_path / "model"

    exported = CliRunner().invoke(app, ["export", str(learned), str(out)])
    done = subprocess.run(
        [sys.executable, out / "predict.py", "new.csv", "--out", "out.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert exported.exit_code == 0, exported.stderr
    assert done.returncode == 0, done.stderr
    assert answer(tmp_path).equals(first)


def test_the_files_of_a_run_with_such_names_are_whole_and_harmless(
    learned: Path,
) -> None:
    tables = {
        name: pd.read_csv(learned / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("leaderboard", "features", "test_predictions")
    }

    for candidate in tables["leaderboard"]["candidate"]:
        source = (learned / "candidates" / f"{candidate}.py").read_text()
        header = source[: source.index("\n\n")]
        assert all(line.startswith("# ") for line in header.splitlines())
        assert {"candidate", "origin", "view", "state"} <= set(header.split())
        compile(source, candidate, "exec")
    named = " ".join(tables["features"]["column"])
    assert "two words" in named
    assert 'mean by a "quoted" name' in named
    assert "day of year of 🙂" in named
    for name in ("leaderboard", "features"):
        cells = tables[name].to_numpy(dtype=str).ravel()
        numbers = pd.to_numeric(pd.Series(cells), errors="coerce").notna()
        words = [
            cell
            for cell, is_number in zip(cells, numbers, strict=True)
            if not is_number
        ]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in words)
    assert list(tables["test_predictions"].columns) == ["row", "prediction"]
    rows = tables["test_predictions"]["row"].astype(int)
    assert rows.is_unique
    assert rows.isin(range(ROWS)).all()
