"""The host's own view of predictions."""

import numpy as np
import pandas as pd
import pytest

from engine.scoring import COUNTED_DISTINCT, Scorer, count_distinct
from schemas.table import ColumnKind, ColumnSchema, TableSchema
from schemas.task import Task, TaskKind
from tabular.development import Development

ROWS = 40
BINARY = Task(
    kind=TaskKind.BINARY,
    target="y",
    classes=("no", "yes"),
    metric="accuracy",
    greater_is_better=True,
    rows=ROWS,
    features=1,
    test_rows=0,
    folds=2,
    validation_rows=ROWS,
)


def development(*, weight: bool = False, target: bool = True) -> Development:
    half = np.arange(ROWS) >= ROWS // 2
    schema = TableSchema(columns=(ColumnSchema(name="a", kind=ColumnKind.NUMERIC),))
    return Development(
        frame=pd.DataFrame({"a": np.where(half, 10.0, 0.0) + np.arange(ROWS) / 100}),
        target=half.astype(np.int64) if target else None,
        folds=np.arange(ROWS) % 2,
        weight=np.where(half, 3.0, 1.0) if weight else None,
        is_ordered=False,
        table_schema=schema,
    )


def certain(code: int, rows: int) -> np.ndarray:
    chances = np.zeros((rows, 2))
    chances[:, code] = 1.0
    return chances


def test_only_the_named_rows_are_scored() -> None:
    scorer = Scorer(BINARY, development())
    zeros = np.arange(ROWS // 2)

    assert scorer.score(zeros, certain(0, len(zeros))) == 1.0
    assert scorer.score(zeros, certain(1, len(zeros))) == 0.0


def test_weights_count() -> None:
    scorer = Scorer(BINARY, development(weight=True))

    assert scorer.score(np.arange(ROWS), certain(1, ROWS)) == pytest.approx(0.75)


def test_clusters_are_scored_without_labels() -> None:
    task = BINARY.model_copy(
        update={"kind": TaskKind.CLUSTERING, "classes": (), "metric": "silhouette"}
    )
    scorer = Scorer(task, development(target=False))
    rows = np.arange(ROWS)
    right = (rows >= ROWS // 2).astype(float)[:, None]
    wrong = (rows % 2).astype(float)[:, None]

    assert scorer.matrix is scorer.matrix
    assert scorer.score(rows, right) > 0.9
    assert scorer.score(rows, wrong) < 0.1


def test_validity_of_all_rows_and_of_the_judged_ones_is_the_same_measure() -> None:
    task = BINARY.model_copy(
        update={"kind": TaskKind.CLUSTERING, "classes": (), "metric": "validity"}
    )
    scorer = Scorer(task, development(target=False))
    rows = np.arange(ROWS)
    right = (rows >= ROWS // 2).astype(float)[:, None]
    wrong = (rows % 2).astype(float)[:, None]

    assert scorer.judge is scorer.judge
    assert scorer.score(rows, right) > scorer.score(rows, wrong) + 1
    assert scorer.score(rows[5:], right[5:]) > scorer.score(rows[5:], wrong[5:]) + 1


def test_a_supervised_task_without_labels_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no target"):
        Scorer(BINARY, development(target=False)).score(np.arange(2), certain(0, 2))


def test_distinct_rows_are_counted_up_to_a_bound() -> None:
    assert count_distinct(np.ones((50, 2))) == 1
    assert count_distinct(np.array([[0.1], [0.1 + 1e-12], [0.2]])) == 2
    assert count_distinct(np.arange(5000.0)[:, None]) == COUNTED_DISTINCT


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12])
def test_distinct_rows_are_told_apart_on_any_scale(scale: float) -> None:
    values = np.arange(50.0)[:, None] * scale

    assert count_distinct(values) == 50
    assert count_distinct(1e9 * scale + values) == 50


def test_what_differs_by_rounding_alone_is_one_row() -> None:
    third = np.array([[1 / 3, 2 / 3]] * 40)
    third[::2] *= 1 + 3e-16

    assert count_distinct(third) == 1
    assert count_distinct(third[:, :1] * 1e-12) == 1
    assert count_distinct(np.zeros((40, 1))) == 1
