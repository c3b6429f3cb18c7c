"""Parts: test rows leave first, and what binds rows together is honoured within reason."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from schemas.settings import TableSettings
from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.parts import part_rows
from tabular.reading import Source

SETTINGS = TableSettings(table="t", target="buys")


def test_rows_are_parted_and_keep_their_numbers(customers: pd.DataFrame) -> None:
    parts = part_rows(Source(customers, "."), SETTINGS, seed=0)

    assert parts.kind is TaskKind.BINARY
    assert parts.test is not None
    numbers = np.concatenate([parts.development.numbers, parts.test.numbers])
    assert sorted(numbers) == list(range(300))
    assert len(parts.test.numbers) == 60
    known = customers.loc[parts.test.numbers, "age"].tolist()
    assert parts.test.features["age"].tolist() == known


def test_rows_without_a_target_are_counted_out(customers: pd.DataFrame) -> None:
    customers.loc[:6, "buys"] = None

    parts = part_rows(Source(customers, "."), SETTINGS, seed=0)

    assert "7 rows of the table have no target" in parts.warnings[0]
    assert parts.development.numbers.min() > 6


def test_rows_of_weight_zero_are_counted_out(customers: pd.DataFrame) -> None:
    customers.loc[:249, "share"] = 0.0
    customers.loc[:6, "buys"] = None
    settings = SETTINGS.model_copy(update={"weight": "share"})

    parts = part_rows(Source(customers, "."), settings, seed=0)

    assert "7 rows of the table have no target" in parts.warnings[0]
    assert "243 rows of the table have weight 0 and were left out" in parts.warnings[1]
    assert parts.test is not None
    numbers = np.concatenate([parts.development.numbers, parts.test.numbers])
    assert sorted(numbers) == list(range(250, 300))


def test_too_few_rows_of_any_weight_are_refused(customers: pd.DataFrame) -> None:
    customers.loc[6:, "share"] = 0.0
    settings = SETTINGS.model_copy(update={"weight": "share"})

    with pytest.raises(
        TableError, match=r"6 rows .* weight above 0 in 'share'; 10 are"
    ):
        part_rows(Source(customers, "."), settings, seed=0)


def test_copies_are_split_like_any_rows_and_counted(customers: pd.DataFrame) -> None:
    twice = pd.concat([customers, customers.head(60)], ignore_index=True)

    parts = part_rows(Source(twice, "."), SETTINGS, seed=0)

    assert parts.test is not None
    assert parts.bound is None
    repeated = set(parts.test.numbers % 300)
    is_repeated = [number % 300 in repeated for number in parts.development.numbers]
    assert any(is_repeated)
    assert parts.is_repeated_in_test.tolist() == is_repeated
    assert any("60 rows repeat" in warning for warning in parts.warnings)


def test_copies_stay_on_one_side_where_leaks_are_dropped(
    customers: pd.DataFrame,
) -> None:
    twice = pd.concat([customers, customers.head(60)], ignore_index=True)
    settings = SETTINGS.model_copy(update={"are_leaks_dropped": True})

    parts = part_rows(Source(twice, "."), settings, seed=0)

    assert parts.test is not None
    assert parts.bound is not None
    assert not parts.is_repeated_in_test.any()
    shared = set(parts.test.numbers % 300) & set(parts.development.numbers % 300)
    assert not shared
    assert not any("repeat" in warning for warning in parts.warnings)


def test_a_table_that_repeats_itself_by_nature_is_split_like_any() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.integers(0, 3, 200), "buys": np.arange(200) % 2})

    parts = part_rows(Source(frame, "."), SETTINGS, seed=0)

    assert parts.copies is None
    assert any("exact copies" in warning for warning in parts.warnings)


def test_an_own_test_table_is_taken_as_it_is(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    own = customers.head(50).drop(columns="note")
    own.loc[:4, "buys"] = None
    own.to_csv(tmp_path / "own.csv", index=False)
    settings = SETTINGS.model_copy(
        update={"test": str(tmp_path / "own.csv"), "drop": ("note",)}
    )

    parts = part_rows(Source(customers, "."), settings, seed=0)

    assert len(parts.development.numbers) == 300
    assert parts.test is not None
    assert parts.test.numbers.tolist() == list(range(5, 50))
    assert "5 rows of the test table have no target" in parts.warnings[-1]


def test_rows_of_weight_zero_leave_an_own_test_table(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    own = customers.head(50).copy()
    own.loc[0, "share"] = 0.0
    own.to_csv(tmp_path / "own.csv", index=False)
    settings = SETTINGS.model_copy(
        update={"test": str(tmp_path / "own.csv"), "weight": "share"}
    )

    parts = part_rows(Source(customers, "."), settings, seed=0)

    assert parts.test is not None
    assert parts.test.numbers.tolist() == list(range(1, 50))
    assert "1 row of the test table has weight 0" in parts.warnings[-1]


def test_an_own_test_table_keeps_the_levels_and_classes_of_the_table(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    """Though it holds numbers alone where the table has words, too."""
    names = pd.Series(["1.1", "1.10", "2.0-beta"] * 100)
    table = customers.assign(version=names, buys=names)
    table.iloc[[0, 1, 3, 4]].to_csv(tmp_path / "own.csv", index=False)
    settings = SETTINGS.model_copy(update={"test": str(tmp_path / "own.csv")})

    test = part_rows(Source(table, "."), settings, seed=0).test

    assert test is not None
    assert test.features["version"].tolist() == ["1.1", "1.10"] * 2
    assert test.known_target().tolist() == ["1.1", "1.10"] * 2
    assert test.features["age"].dtype == "int64"


def test_an_own_test_table_that_does_not_fit_is_refused(
    customers: pd.DataFrame, tmp_path: Path
) -> None:
    settings = SETTINGS.model_copy(update={"test": str(tmp_path / "own.csv")})

    customers[["age"]].to_csv(tmp_path / "own.csv", index=False)
    with pytest.raises(TableError, match=r"Test table 'own.csv': .* no column 'buys'"):
        part_rows(Source(customers, "."), settings, seed=0)
    customers.assign(buys=None).to_csv(tmp_path / "own.csv", index=False)
    with pytest.raises(TableError, match="no row with a target"):
        part_rows(Source(customers, "."), settings, seed=0)


def test_too_few_rows_are_refused(customers: pd.DataFrame) -> None:
    with pytest.raises(TableError, match="9 rows with a target; 10 are needed"):
        part_rows(Source(customers.head(9), "."), SETTINGS, seed=0)


def test_without_a_test_all_rows_are_development(customers: pd.DataFrame) -> None:
    parts = part_rows(
        Source(customers, "."), SETTINGS.model_copy(update={"test_size": 0.0}), seed=0
    )

    assert parts.test is None
    assert len(parts.development.numbers) == 300


def test_what_may_be_meant_otherwise_is_pointed_out(customers: pd.DataFrame) -> None:
    customers["grade"] = np.arange(300) % 5
    graded = SETTINGS.model_copy(update={"target": "grade"})

    hints = part_rows(Source(customers, "."), graded, seed=0).warnings
    said = graded.model_copy(update={"task": "multiclass", "time": "since"})

    assert "'grade' are taken as 5 classes" in hints[0]
    assert "use --time since" in hints[1]
    assert part_rows(Source(customers, "."), said, seed=0).warnings == ()


@pytest.mark.parametrize("unit", ["", " kg"])
def test_a_metric_of_regression_settles_what_few_numbers_are(
    customers: pd.DataFrame, unit: str
) -> None:
    grades = np.arange(300) % 5
    customers["grade"] = [f"{grade}{unit}" for grade in grades] if unit else grades
    judged = SETTINGS.model_copy(update={"target": "grade", "metric": "mae"})

    parts = part_rows(Source(customers, "."), judged, seed=0)

    assert parts.kind is TaskKind.REGRESSION
    assert not any("classes" in warning for warning in parts.warnings)
