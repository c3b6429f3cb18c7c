"""Labelled: classes come from development rows alone, folds from what the rows allow."""

import numpy as np
import pandas as pd
import pytest

from schemas.settings import TableSettings
from schemas.table import TableSchema
from schemas.task import TaskKind
from tabular.columns import infer_schema
from tabular.errors import TableError
from tabular.labelled import Labelled, label_rows
from tabular.parts import part_rows
from tabular.reading import Source


def labelled(frame: pd.DataFrame, settings: TableSettings) -> Labelled:
    parts = part_rows(Source(frame, "."), settings, seed=0)
    columns = infer_schema(parts.development.features)
    return label_rows(parts, TableSchema(columns=columns), settings, seed=0)


def table(labels: list[str]) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame({"a": random.normal(size=len(labels)), "y": labels})


@pytest.mark.parametrize("seed", range(10))
def test_a_class_that_one_group_holds_alone_stays_in_development(seed: int) -> None:
    frame = table(["a", "b"] * 100 + ["c"] * 10)
    frame["g"] = [*range(200), *([200] * 10)]

    parts = part_rows(
        Source(frame, "."), TableSettings(table="t", target="y", group="g"), seed=seed
    )

    assert set(parts.development.known_target()) == {"a", "b", "c"}


def test_unknown_labels_of_an_own_test_are_counted(tmp_path: object) -> None:
    path = f"{tmp_path}/own.csv"
    table(["a", "z", "b", "b"]).to_csv(path, index=False)

    result = labelled(
        table(["a", "b"] * 30), TableSettings(table="t", target="y", test=path)
    )

    assert result.classes == ("a", "b")
    assert result.test is not None
    assert result.test.target.tolist() == [0, 1, 1]
    assert result.test.numbers.tolist() == [0, 2, 3]
    assert "1 test rows have a label" in result.warnings[-1]


def test_a_test_without_any_known_label_is_refused(tmp_path: object) -> None:
    path = f"{tmp_path}/own.csv"
    table(["x", "z"]).to_csv(path, index=False)

    with pytest.raises(TableError, match="No test row has a label"):
        labelled(
            table(["a", "b"] * 30), TableSettings(table="t", target="y", test=path)
        )


@pytest.mark.parametrize("rows", [2, 3, 6])
def test_the_rarer_of_two_classes_bounds_the_folds(rows: int) -> None:
    settings = TableSettings(table="t", target="y", test_size=0.0)

    result = labelled(table(["a"] * 100 + ["b"] * rows), settings)

    assert result.kind is TaskKind.BINARY
    assert result.development.folds.max() == rows - 1
    target = result.development.target
    assert target is not None
    for fold in range(rows):
        assert set(target[result.development.scored_rows(fold)].tolist()) == {0, 1}
    is_told = any(f"'b' has {rows} rows only" in text for text in result.warnings)
    assert is_told == (rows < 4)


def test_groups_bound_the_folds() -> None:
    frame = table(["a", "b"] * 60)
    frame["g"] = np.arange(120) // 40

    result = labelled(
        frame, TableSettings(table="t", target="y", group="g", test_size=0.0)
    )

    assert sorted(set(result.development.folds.tolist())) == [0, 1, 2]


def test_one_group_besides_the_test_part_is_refused_unless_that_is_given_up() -> None:
    frame = table(["a", "b"] * 100)
    frame["g"] = ["large"] * 190 + ["small"] * 10
    settings = TableSettings(table="t", target="y", group="g")

    with pytest.raises(TableError, match=r"One group .* use --test-size 0 or omit"):
        labelled(frame, settings)
    whole = labelled(frame, settings.model_copy(update={"test_size": 0.0}))

    assert whole.development.folds.max() == 1


def test_one_time_before_the_test_part_is_refused_unless_that_is_given_up() -> None:
    frame = table(["a", "b"] * 100)
    frame["t"] = [1] * 190 + list(range(2, 12))
    settings = TableSettings(table="t", target="y", time="t")

    with pytest.raises(TableError, match=r"of one time.* use --test-size 0 or omit"):
        labelled(frame, settings)
    whole = labelled(frame, settings.model_copy(update={"test_size": 0.0}))

    assert whole.development.folds.max() == 7


def test_shown_rows_are_never_scored() -> None:
    result = labelled(table(["a", "b"] * 150), TableSettings(table="t", target="y"))

    assert len(result.shown) == 12
    assert set(result.development.folds[result.shown].tolist()) == {-1}


@pytest.mark.parametrize("others", [["a"], ["a", "b", "c"]])
def test_a_class_of_one_row_is_learned_from_and_told(others: list[str]) -> None:
    found = labelled(
        table(others * 40 + ["lone"]), TableSettings(table="t", target="y")
    )

    lone = found.classes.index("lone")
    target = found.development.target
    assert found.development.folds[target == lone].tolist() == [-1]
    assert found.development.folds.max() >= 4
    assert any("never scored: 'lone'" in warning for warning in found.warnings)
