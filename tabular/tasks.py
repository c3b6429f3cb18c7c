"""Settle what is to be learned: the kind of task, and the target as numbers."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.settings import TaskChoice
from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.values import LARGEST_AMOUNT, as_numbers, as_text, plain_values

MAX_CLASSES = 500
_MAX_NUMERIC_CLASSES = 20
_MIN_ROWS_PER_NUMERIC_CLASS = 10


class EncodedTarget(NamedTuple):
    """A target as candidates see it.

    Attributes:
        values: int64 class codes (-1 for a label that is no class) or float64 values.
        classes: Labels in code order; empty for regression.
    """

    values: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    classes: tuple[str, ...]


def infer_task_kind(
    target: pd.Series, choice: TaskChoice, *, is_judged_by_value: bool = False
) -> TaskKind:
    """Settle the kind of task.

    Args:
        target: The target column; missing values are passed over.
        choice: What the user asked for.
        is_judged_by_value: Whether the metric is one of regression alone, so that numbers
            are no classes.

    Raises:
        TableError: If the target cannot be learned, or not as that kind of task.
    """
    if choice == "clustering":
        return TaskKind.CLUSTERING
    values = plain_values(target).dropna()
    _check_varies(target.name, values)
    match choice:
        case "auto":
            return _natural_kind(target.name, values, is_judged_by_value)
        case "regression":
            return _checked_regression(target.name, values)
        case "classification":
            return _class_kind(target.name, values)
        case "binary" | "multiclass":
            kind = _class_kind(target.name, values)
            if kind.value != choice:
                raise TableError(
                    f"Target {target.name!r} has {values.nunique()} classes, which is "
                    f"no {choice} task; use --task {kind.value}."
                )
            return kind


def _check_varies(name: object, values: pd.Series) -> None:
    if values.empty:
        raise TableError(f"Target {name!r} has no values; name another --target.")
    if values.nunique() == 1:
        raise TableError(
            f"Target {name!r} is {str(values.iloc[0])!r} in every row; "
            "there is nothing to learn."
        )


def _natural_kind(
    name: object, values: pd.Series, is_judged_by_value: bool
) -> TaskKind:
    if not _is_numeric(values):
        return _class_kind(name, values)
    if is_judged_by_value or not _are_class_numbers(values):
        return TaskKind.REGRESSION
    return _class_kind(name, values)


def _is_numeric(values: pd.Series) -> bool:
    is_number = pd.api.types.is_numeric_dtype(values.dtype)
    return is_number and not pd.api.types.is_bool_dtype(values.dtype)


def _are_class_numbers(values: pd.Series) -> bool:
    """Two numbers are classes, and so are a few whole ones that return often."""
    distinct = values.nunique()
    if distinct == 2:  # noqa: PLR2004 - binary
        return True
    is_whole = bool((values == values.round()).all())
    is_repeated = len(values) >= distinct * _MIN_ROWS_PER_NUMERIC_CLASS
    return is_whole and distinct <= _MAX_NUMERIC_CLASSES and is_repeated


def _checked_regression(name: object, values: pd.Series) -> TaskKind:
    numbers = as_numbers(values)
    if numbers.isna().any():
        example = values[numbers.isna()].iloc[0]
        raise TableError(
            f"Target {name!r} holds {str(example)!r}, which is no number; "
            "use --task classification."
        )
    return TaskKind.REGRESSION


def _class_kind(name: object, values: pd.Series) -> TaskKind:
    distinct = values.nunique()
    if distinct > MAX_CLASSES or distinct > len(values) / 2:
        way_out = (
            "use --task regression" if _is_numeric(values) else "name another --target"
        )
        raise TableError(
            f"Target {name!r} has {distinct} different values in {len(values)} rows, "
            f"too many for classes; {way_out}."
        )
    return TaskKind.BINARY if distinct == 2 else TaskKind.MULTICLASS  # noqa: PLR2004


def encode_target(
    target: pd.Series, kind: TaskKind, positive: str | None
) -> EncodedTarget:
    """Turn a target without missing values into numbers.

    Args:
        target: Labels of any dtype, or values.
        kind: Kind of task, not clustering.
        positive: Which class of a binary task is positive, None for the last in order.

    Returns:
        Codes in the order of the labels (numbers by size), the positive class last.

    Raises:
        TableError: If `positive` is no class or the task is not binary.
    """
    if positive is not None and kind is not TaskKind.BINARY:
        raise TableError(
            f"--positive is for binary tasks, and this is a {kind.value} one; omit it."
        )
    if kind is TaskKind.REGRESSION:
        numbers = as_numbers(target)
        if numbers.abs().max() > LARGEST_AMOUNT:
            raise TableError(
                f"Target {target.name!r} holds values beyond {LARGEST_AMOUNT:g}, whose "
                "squares cannot be summed; use a larger unit."
            )
        return EncodedTarget(numbers.to_numpy(), ())
    classes = _ordered_classes(target)
    if positive is not None:
        classes = _positive_last(classes, positive)
    return EncodedTarget(encode_labels(target, classes), classes)


def encode_labels(target: pd.Series, classes: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Codes of labels under known classes, -1 for a label that is none of them."""
    labels = pd.Index(as_text(target))
    return pd.Index(classes, dtype="str").get_indexer(labels).astype(np.int64)


def written_labels(
    target: pd.Series, verbatim: pd.Series, classes: tuple[str, ...]
) -> tuple[str, ...]:
    """How each class is written most often, in code order; empty if all are as they are.

    Args:
        target: The target as it was read.
        verbatim: The same rows as the file writes them, white space included.
        classes: What the classes are called.
    """
    codes = encode_labels(target, classes)
    counts = verbatim[codes >= 0].groupby(codes[codes >= 0]).value_counts()
    most_frequent = counts.groupby(level=0, sort=True).idxmax()
    labels = tuple(text for _, text in most_frequent)
    return () if labels == classes else labels


def _ordered_classes(target: pd.Series) -> tuple[str, ...]:
    distinct = plain_values(target).drop_duplicates().sort_values()
    return tuple(as_text(distinct))


def _positive_last(classes: tuple[str, ...], positive: str) -> tuple[str, ...]:
    if positive not in classes:
        raise TableError(
            f"--positive {positive!r} is no class; "
            f"choose one of {', '.join(map(repr, classes))}."
        )
    return (*(label for label in classes if label != positive), positive)
