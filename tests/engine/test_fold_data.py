"""The rows of each fold, as jobs see them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fold_data import CHECKED_ROWS, SMOKE_ROWS, FoldData, bootstrap_sample
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from tabular.development import Development

ROWS = 400


def development(classes: int, seed: int = 0, rows: int = ROWS) -> Development:
    random = np.random.default_rng(seed)
    schema = TableSchema(columns=(ColumnSchema(name="a", kind=ColumnKind.NUMERIC),))
    target = random.integers(0, classes, rows) if classes else random.normal(size=rows)
    return Development(
        frame=pd.DataFrame({"a": np.arange(float(rows))}),
        target=target,
        folds=np.arange(rows) % 5,
        weight=None,
        is_ordered=False,
        table_schema=schema,
    )


def task(classes: int, rows: int = ROWS) -> Task:
    return Task(
        kind=TaskKind.MULTICLASS if classes else TaskKind.REGRESSION,
        target="y",
        classes=tuple(map(str, range(classes))),
        metric="log_loss" if classes else "rmse",
        greater_is_better=False,
        rows=rows,
        features=1,
        test_rows=0,
        folds=5,
        validation_rows=rows,
    )


@pytest.fixture
def data() -> FoldData:
    return FoldData(development(3), task(3), seed=1)


def test_a_fold_is_made_once_and_shared(data: FoldData) -> None:
    assert data.fold(2) is data.fold(2)
    assert data.fold(2) is not data.fold(1)
    data.close()


def test_training_rows_and_scored_rows_are_apart(data: FoldData) -> None:
    rows = data.fold(1)

    assert rows.training == ROWS * 4 // 5
    assert set(rows.scored) == set(np.flatnonzero(np.arange(ROWS) % 5 == 1))
    assert "valid_y" not in rows.inputs
    data.close()


def test_the_validation_side_is_permuted_and_can_be_brought_back(
    data: FoldData,
) -> None:
    rows = data.fold(0)
    known = np.concatenate([rows.scored, rows.checked])
    as_sent = known[rows.shuffled].astype(float)[:, None]

    assert list(as_sent[:, 0]) != list(known)
    back = rows.in_order(as_sent)
    assert list(back.scored[:, 0]) == list(rows.scored)
    assert list(back.checked[:, 0]) == list(rows.checked)
    data.close()


@given(classes=st.integers(2, 40), seed=st.integers(0, 50))
def test_smoke_rows_are_few_training_rows_with_common_classes_on_both_sides(
    classes: int, seed: int
) -> None:
    known = development(classes, seed)
    data = FoldData(known, task(classes), seed=seed)

    smoke = data.smoke

    assert known.target is not None
    assert smoke.training + len(smoke.scored) == min(SMOKE_ROWS, ROWS * 4 // 5)
    assert all(known.folds[smoke.scored] != 0)
    counts = np.bincount(known.target[known.folds != 0].astype(int), minlength=classes)
    scored = set(known.target[smoke.scored].astype(int))
    assert set(np.flatnonzero(counts >= 4)) <= scored
    data.close()


def test_without_classes_smoke_rows_are_split_all_the_same() -> None:
    data = FoldData(development(0), task(0), seed=1)

    assert len(data.smoke.scored) == SMOKE_ROWS // 4
    data.close()


def test_some_training_rows_are_predicted_along_for_a_train_score(
    data: FoldData,
) -> None:
    rows = data.fold(1)

    assert rows.predicted == len(rows.scored) + len(rows.checked)
    assert len(rows.checked) == min(CHECKED_ROWS, rows.training)
    assert not set(rows.checked) & set(rows.scored)
    assert len(data.smoke.checked) == 0
    data.close()


@given(seed=st.integers(0, 99))
def test_a_bootstrap_sample_repeats_rows_and_keeps_the_classes(seed: int) -> None:
    rows = np.arange(100, 200)
    labels = np.repeat([0, 1, 2], [70, 29, 1])

    drawn = bootstrap_sample(rows, labels, seed)

    assert set(drawn) <= set(rows)
    assert len(set(drawn)) < 80
    counts = np.bincount(labels[drawn - 100])
    assert counts.tolist() == [70, 29, 1]


def test_a_resampled_fold_predicts_the_rows_of_the_fold_and_is_let_go(
    data: FoldData,
) -> None:
    rows = data.fold(1)

    with data.resampled(1, seed=3) as drawn:
        assert drawn.inputs["valid_x"] is rows.inputs["valid_x"]
        assert drawn.inputs["train_x"] is not rows.inputs["train_x"]
        assert np.array_equal(drawn.scored, rows.scored)
        assert drawn.training == rows.training
        assert drawn.inputs["train_x"].fileno() >= 0

    with pytest.raises(ValueError, match="closed"):
        drawn.inputs["train_x"].fileno()
    assert rows.inputs["valid_x"].fileno() >= 0
    data.close()
