"""Metrics that users bring themselves."""

from pathlib import Path

import numpy as np
import pytest

from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.metrics import judges_values, metric_named, score

SOURCE = """
import numpy as np

def loss(truth, said, weight=None):
    return np.average(np.abs(truth - said) ** 3, weights=weight)

loss.greater_is_better = False

def right(truth, label):
    return (truth == label).mean()

right.needs = "label"

def far(truth, value):
    return np.abs(truth - value).max()

far.needs = "value"

def sure(truth, probability):
    return probability[np.arange(len(truth)), truth.astype(int)].mean()

def broken(truth, said):
    raise ValueError("no such thing")

odd = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    return path


def test_a_function_of_values_scores_regression(file: Path) -> None:
    metric = metric_named(f"{file}:loss", TaskKind.REGRESSION)
    truth, said = np.array([1.0, 2.0]), np.array([[2.0], [4.0]])

    assert not metric.greater_is_better
    assert score(metric, truth, said) == pytest.approx(4.5)
    assert score(metric, truth, said, np.array([1.0, 0.0])) == pytest.approx(1.0)


def test_a_function_says_whether_it_takes_labels_or_probabilities(file: Path) -> None:
    truth, said = np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]])
    right = metric_named(f"{file}:right", TaskKind.BINARY)
    sure = metric_named(f"{file}:sure", TaskKind.BINARY)

    assert right.greater_is_better
    assert score(right, truth, said) == 0.5
    assert score(sure, truth, said) == pytest.approx(0.65)


@pytest.mark.parametrize(
    ("function", "words"),
    [("missing", "defines no function"), ("odd", "defines no function")],
)
def test_a_name_that_is_no_function_is_refused(
    function: str, words: str, file: Path
) -> None:
    with pytest.raises(TableError, match=words):
        metric_named(f"{file}:{function}", TaskKind.BINARY)


def test_files_that_are_missing_or_broken_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("1 / 0")

    with pytest.raises(TableError, match="no metric file"):
        metric_named(f"{tmp_path / 'none.py'}:f", TaskKind.BINARY)
    with pytest.raises(TableError, match="ZeroDivisionError"):
        metric_named(f"{tmp_path / 'bad.py'}:f", TaskKind.BINARY)


def test_what_it_raises_is_told_in_one_line(file: Path) -> None:
    metric = metric_named(f"{file}:broken", TaskKind.BINARY)

    with pytest.raises(TableError, match="failed: ValueError"):
        score(metric, np.array([0]), np.array([[1.0, 0.0]]))


def test_labels_cannot_be_had_of_values(file: Path) -> None:
    with pytest.raises(TableError, match="needs a label"):
        metric_named(f"{file}:right", TaskKind.REGRESSION)


def test_a_function_that_says_that_it_needs_values_judges_them(file: Path) -> None:
    assert judges_values(f"{file}:far")
    assert not judges_values(f"{file}:loss")
    assert not judges_values(f"{file}:right")
