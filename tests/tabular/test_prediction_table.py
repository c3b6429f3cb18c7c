"""Predictions in the table's own words."""

import numpy as np

from schemas.task import Task, TaskKind
from tabular.prediction_table import prediction_table


def task(kind: TaskKind, classes: tuple[str, ...] = ()) -> Task:
    return Task(
        kind=kind,
        target="y",
        classes=classes,
        metric="m",
        greater_is_better=True,
        rows=10,
        features=1,
        test_rows=2,
        folds=3,
        validation_rows=10,
    )


def test_classes_are_named_with_their_probabilities() -> None:
    chances = np.array([[0.2, 0.8], [0.6, 0.4]])

    table = prediction_table(task(TaskKind.BINARY, ("no", "yes, of course")), chances)

    assert list(table["prediction"]) == ["yes, of course", "no"]
    assert list(table.columns) == ["prediction", "proba_no", "proba_yes, of course"]
    assert list(table["proba_no"]) == [0.2, 0.6]


def test_classes_are_written_as_in_the_table() -> None:
    told = task(TaskKind.BINARY, ("<=50K", ">50K"))
    told = told.model_copy(update={"spellings": (" <=50K", " >50K")})

    table = prediction_table(told, np.array([[0.2, 0.8]]))

    assert list(table.columns) == ["prediction", "proba_ <=50K", "proba_ >50K"]
    assert list(table["prediction"]) == [" >50K"]


def test_values_stay_values() -> None:
    table = prediction_table(task(TaskKind.REGRESSION), np.array([[1.5], [2.0]]))

    assert list(table["prediction"]) == [1.5, 2.0]


def test_clusters_are_whole_numbers() -> None:
    table = prediction_table(task(TaskKind.CLUSTERING), np.array([[-1.0], [3.0]]))

    assert list(table["prediction"]) == [-1, 3]
    assert table["prediction"].dtype == np.int64
