"""Tasks: the kind of task and the coding of targets."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.settings import TaskChoice
from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.tasks import (
    encode_labels,
    encode_target,
    infer_task_kind,
    written_labels,
)

REALS = pd.Series(np.random.default_rng(0).normal(size=200), name="y")
GRADES = pd.Series(list(range(5)) * 40, name="y")
WORDS = pd.Series(["a", "b", "c", None] * 50, name="y")
FLAGS = pd.Series([True, False] * 100, name="y")


@pytest.mark.parametrize(
    ("target", "choice", "kind"),
    [
        (REALS, "auto", TaskKind.REGRESSION),
        (GRADES, "auto", TaskKind.MULTICLASS),
        (GRADES, "regression", TaskKind.REGRESSION),
        (GRADES % 2, "auto", TaskKind.BINARY),
        (pd.Series(range(200)), "auto", TaskKind.REGRESSION),
        (WORDS, "auto", TaskKind.MULTICLASS),
        (WORDS, "classification", TaskKind.MULTICLASS),
        (WORDS.replace("c", None), "classification", TaskKind.BINARY),
        (FLAGS, "auto", TaskKind.BINARY),
        (WORDS, "clustering", TaskKind.CLUSTERING),
    ],
)
def test_the_kind_of_task_follows_from_target_and_choice(
    target: pd.Series, choice: TaskChoice, kind: TaskKind
) -> None:
    assert infer_task_kind(target, choice) is kind


@pytest.mark.parametrize(
    ("target", "choice", "kind"),
    [
        (GRADES, "auto", TaskKind.REGRESSION),
        (GRADES % 2, "auto", TaskKind.REGRESSION),
        (GRADES, "classification", TaskKind.MULTICLASS),
        (WORDS, "auto", TaskKind.MULTICLASS),
        (FLAGS, "auto", TaskKind.BINARY),
    ],
)
def test_numbers_that_are_judged_by_value_are_no_classes_unless_named_so(
    target: pd.Series, choice: TaskChoice, kind: TaskKind
) -> None:
    assert infer_task_kind(target, choice, is_judged_by_value=True) is kind


@pytest.mark.parametrize(
    ("target", "choice", "complaint"),
    [
        (WORDS, "regression", "no number; use --task classification"),
        (WORDS, "binary", "use --task multiclass"),
        (FLAGS, "multiclass", "use --task binary"),
        (REALS, "classification", "too many for classes; use --task regression"),
        (pd.Series([f"n{i}" for i in range(200)]), "auto", "name another --target"),
        (pd.Series([1.0] * 20), "auto", "nothing to learn"),
        (pd.Series([None] * 20), "auto", "has no values"),
    ],
)
def test_a_task_that_the_target_cannot_serve_is_refused(
    target: pd.Series, choice: TaskChoice, complaint: str
) -> None:
    with pytest.raises(TableError, match=complaint):
        infer_task_kind(target, choice)


def test_labels_are_coded_in_order_and_print_as_they_are_meant() -> None:
    assert encode_target(
        pd.Series([10.0, 2.0, 10.0]), TaskKind.BINARY, None
    ).classes == ("2", "10")
    assert encode_target(FLAGS, TaskKind.BINARY, None).classes == ("False", "True")
    assert encode_target(WORDS.dropna(), TaskKind.MULTICLASS, None).classes == (
        "a",
        "b",
        "c",
    )


def test_the_positive_class_comes_last() -> None:
    target = encode_target(FLAGS, TaskKind.BINARY, "False")

    assert target.classes == ("True", "False")
    assert target.values.tolist()[:2] == [0, 1]
    with pytest.raises(TableError, match="'maybe' is no class"):
        encode_target(FLAGS, TaskKind.BINARY, "maybe")
    with pytest.raises(TableError, match="binary tasks"):
        encode_target(REALS, TaskKind.REGRESSION, "1")


def test_unknown_labels_have_no_code() -> None:
    assert encode_labels(pd.Series(["b", "z", "a"]), ("a", "b")).tolist() == [1, -1, 0]


@given(st.lists(st.text() | st.integers() | st.booleans(), min_size=1))
def test_codes_name_the_labels_they_came_from(labels: list[object]) -> None:
    column = pd.Series([str(label) for label in labels])

    target = encode_target(column, TaskKind.MULTICLASS, None)

    assert [target.classes[int(code)] for code in target.values] == column.tolist()


def test_a_target_whose_squares_overflow_is_refused() -> None:
    huge = pd.Series([1e200, 2.0, 3.0], name="y")

    with pytest.raises(TableError, match=r"beyond 1e\+30.*larger unit"):
        encode_target(huge, TaskKind.REGRESSION, None)


@given(st.lists(st.sampled_from(["a", " a", "b", "b ", "c"]), min_size=1))
def test_a_class_is_written_as_most_of_its_rows_are(texts: list[str]) -> None:
    verbatim = pd.Series(texts)
    target = verbatim.str.strip()
    classes = tuple(sorted(set(target)))

    labels = written_labels(target, verbatim, classes) or classes

    assert tuple(label.strip() for label in labels) == classes
    for label, name in zip(labels, classes, strict=True):
        most = max(texts.count(text) for text in set(texts) if text.strip() == name)
        assert texts.count(label) == most
