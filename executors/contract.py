"""What a result must look like: the worker checks it first, the host again."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from executors.errors import ContractError
from executors.program import WorkerProgram
from schemas.task import TaskKind

FEATURE_COLUMNS_LIMIT = 500
FEATURE_NAME_LIMIT_CHARS = 200
JUDGE_COLUMNS = 4
SURVEY_COLUMNS = 9
PROBABILITY_SUM_TOLERANCE = 1e-3
# Rounding may put a probability this far below zero.
NEGATIVE_TOLERANCE = 1e-9
NOISE_LABEL = -1


def is_classification(task: str) -> bool:
    """Say whether predictions are class probabilities."""
    return task in {TaskKind.BINARY, TaskKind.MULTICLASS}


def method_of(program: WorkerProgram) -> str:
    """Return the method whose result the program brings back, as messages name it."""
    match program.mode:
        case "features":
            return "transform"
        case "judge":
            return "judge"
        case "survey":
            return "survey"
        case "cluster":
            return "predict"
        case "fit" | "predict" | "state":
            return (
                "predict_proba" if is_classification(program.spec.task) else "predict"
            )


def check_values(program: WorkerProgram, values: NDArray[np.float64]) -> None:
    """Check shape, finiteness and meaning of a result.

    Args:
        program: What was to be done.
        values: The result, two-dimensional.

    Raises:
        ContractError: Says in one sentence what is wrong.
    """
    method = method_of(program)
    columns = values.shape[1] if program.columns is None else program.columns
    if program.mode == "judge":
        columns = JUDGE_COLUMNS
    if program.mode == "survey":
        columns = SURVEY_COLUMNS
    if values.shape != (program.rows, columns):
        raise ContractError(
            f"{method} has shape {values.shape}, expected {(program.rows, columns)}"
        )
    check_finite(method, values, is_nan_allowed=program.mode == "features")
    has_labels = program.mode not in {"features", "judge", "survey"}
    if program.spec.task == TaskKind.CLUSTERING and has_labels:
        check_labels(method, values)
    if method == "predict_proba":
        check_probabilities(values)


def check_finite(
    method: str, values: NDArray[np.float64], *, is_nan_allowed: bool
) -> None:
    """Check that no value is infinite, or NaN unless that is allowed.

    Raises:
        ContractError: Some value is.
    """
    is_bad = np.isinf(values) if is_nan_allowed else ~np.isfinite(values)
    if is_bad.any():
        count = int(is_bad.sum())
        raise ContractError(f"{method} has {count} values that are not finite")


def check_probabilities(values: NDArray[np.float64]) -> None:
    """Check that rows are probabilities over the classes.

    Raises:
        ContractError: A value is negative or a row does not sum to 1.
    """
    if values.size and values.min() < -NEGATIVE_TOLERANCE:
        raise ContractError("predict_proba has negative probabilities")
    is_off = np.abs(values.sum(axis=1) - 1.0) > PROBABILITY_SUM_TOLERANCE
    if is_off.any():
        count = int(is_off.sum())
        raise ContractError(f"predict_proba has {count} rows that do not sum to 1")


def check_labels(method: str, values: NDArray[np.float64]) -> None:
    """Check that values are cluster labels.

    Raises:
        ContractError: A value is not an integer from -1 up.
    """
    if (values != np.floor(values)).any() or (values < NOISE_LABEL).any():
        raise ContractError(f"{method} has labels that are not integers from -1 up")


def check_feature_names(names: Sequence[str], columns: int) -> None:
    """Check the names of new columns.

    Raises:
        ContractError: There are none or too many, they are not unique, or a name is
            empty, too long or holds control characters.
    """
    if len(names) != columns or not 1 <= columns <= FEATURE_COLUMNS_LIMIT:
        raise ContractError(
            f"transform made {columns} columns, expected 1 to {FEATURE_COLUMNS_LIMIT}"
        )
    if len(set(names)) != len(names):
        raise ContractError("transform made columns of the same name")
    for name in names:
        if not (name.isprintable() and 1 <= len(name) <= FEATURE_NAME_LIMIT_CHARS):
            raise ContractError(f"transform made a column with a bad name {name!r}")
