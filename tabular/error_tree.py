"""Where a candidate errs, as a few groups of rows told in conditions; no cell is told."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.tree import DecisionTreeRegressor

from schemas.memory import ErrorCondition, ErrorLeaf
from schemas.table import NUMBER_KINDS, ColumnKind, ColumnSchema
from schemas.task import TaskKind
from tabular.profile import SMALLEST_GROUP_ROWS

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAVES_TOLD = 4
_MOST_LEAVES = 8
_SMALLEST_SHARE = 0.02
_MOST_ROWS = 50_000
_WORTH_TELLING = 1.1
"""A leaf whose error is less than this times the mean says nothing."""
_BOUND_DIGITS = 3
_ROW_DIGITS = 2


class _Question(NamedTuple):
    """A column of zeros and ones, with what either answer means."""

    answers: Flags
    yes: ErrorCondition
    no: ErrorCondition


def row_errors(truth: Array, predictions: Floats, kind: TaskKind) -> Floats:
    """How far each prediction is off: one minus the true class's probability, or the gap.

    Args:
        truth: Class codes or values.
        predictions: Out-of-fold predictions, shape (rows, columns).
        kind: Kind of task.
    """
    if kind is TaskKind.REGRESSION:
        gaps: Floats = np.abs(predictions[:, 0] - truth.astype(np.float64))
        return gaps
    codes = truth.astype(np.int64)
    told: Floats = 1.0 - predictions[np.arange(len(codes)), codes]
    return told


def error_tree(
    frame: pd.DataFrame, columns: Sequence[ColumnSchema], errors: Floats
) -> tuple[ErrorLeaf, ...]:
    """Grow a small tree on errors and tell its worst leaves.

    Columns of text and of high cardinality take no part. Every leaf and every level that is
    named stands for at least 20 rows, and bounds are rounded to three digits.

    Args:
        frame: Out-of-fold rows, typed.
        columns: How their columns are understood.
        errors: Error of each row.

    Returns:
        Leaves with at least 1.1 times the mean error, worst first, four at most.
    """
    rows = len(errors)
    mean = float(errors.mean()) if rows else 0.0
    if rows < 2 * SMALLEST_GROUP_ROWS or not np.isfinite(mean) or mean <= 0:
        return ()
    names, values, questions = _encode(frame, columns)
    if not names:
        return ()
    smallest = max(SMALLEST_GROUP_ROWS, int(_SMALLEST_SHARE * rows))
    tree = DecisionTreeRegressor(
        max_leaf_nodes=_MOST_LEAVES, min_samples_leaf=smallest, random_state=0
    )
    step = max(1, -(-rows // _MOST_ROWS))
    tree.fit(values[::step], errors[::step])
    leaf_of = tree.apply(values)
    found = []
    for leaf, path in _paths(tree, names, questions):
        inside = leaf_of == leaf
        count = int(inside.sum())
        if count < SMALLEST_GROUP_ROWS:
            continue
        ratio = _rounded(float(errors[inside].mean()) / mean, _ROW_DIGITS)
        if ratio >= _WORTH_TELLING:
            told = max(SMALLEST_GROUP_ROWS, int(_rounded(count, _ROW_DIGITS)))
            found.append(ErrorLeaf(conditions=path, rows=told, error=ratio))
    found.sort(key=lambda leaf: -leaf.error)
    return tuple(found[:LEAVES_TOLD])


def _encode(
    frame: pd.DataFrame, columns: Sequence[ColumnSchema]
) -> tuple[list[str], Floats, dict[int, _Question]]:
    """Numbers as they are (missing as their median), all else as questions."""
    names: list[str] = []
    arrays: list[Floats] = []
    questions: dict[int, _Question] = {}
    for column in columns:
        values = frame[column.name]
        if column.kind in NUMBER_KINDS and values.notna().sum() >= SMALLEST_GROUP_ROWS:
            names.append(column.name)
            numbers = values.astype("float64")
            arrays.append(np.asarray(numbers.fillna(numbers.median()), np.float64))
        for question in _questions(values, column):
            questions[len(names)] = question
            names.append(column.name)
            arrays.append(question.answers.astype(np.float64))
    table = np.column_stack(arrays) if arrays else np.zeros((len(frame), 0))
    return names, table, questions


def _questions(values: pd.Series, column: ColumnSchema) -> Iterator[_Question]:
    name, missing = column.name, values.isna().to_numpy()
    if SMALLEST_GROUP_ROWS <= missing.sum() <= len(missing) - SMALLEST_GROUP_ROWS:
        yield _Question(
            missing,
            ErrorCondition(column=name, relation="missing"),
            ErrorCondition(column=name, relation="present"),
        )
    if column.kind not in {ColumnKind.CATEGORY, ColumnKind.BOOLEAN}:
        return
    text = values.astype("str")
    counts = text[~missing].value_counts()
    for level in counts[counts >= SMALLEST_GROUP_ROWS].index:
        levels = (str(level),)
        yield _Question(
            (text == level).to_numpy() & ~missing,
            ErrorCondition(column=name, relation="is", levels=levels),
            ErrorCondition(column=name, relation="is_not", levels=levels),
        )


def _paths(
    tree: DecisionTreeRegressor, names: Sequence[str], questions: dict[int, _Question]
) -> Iterator[tuple[int, tuple[ErrorCondition, ...]]]:
    """Leaves with the conditions that lead to them."""
    nodes = tree.tree_
    waiting: list[tuple[int, tuple[ErrorCondition, ...]]] = [(0, ())]
    while waiting:
        node, path = waiting.pop()
        left, right = int(nodes.children_left[node]), int(nodes.children_right[node])
        if left < 0:
            yield node, path
            continue
        feature, bound = int(nodes.feature[node]), float(nodes.threshold[node])
        question = questions.get(feature)
        if question is not None:
            low, high = question.no, question.yes
        else:
            limit = _rounded(bound, _BOUND_DIGITS)
            name = names[feature]
            low = ErrorCondition(column=name, relation="below", bound=limit)
            high = ErrorCondition(column=name, relation="above", bound=limit)
        waiting += [(right, (*path, high)), (left, (*path, low))]


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
