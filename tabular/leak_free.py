"""What is left of a table without the columns that give its target away."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from schemas.table import ColumnSchema
from schemas.task import TaskKind
from tabular.leaks import Leak, find_leaks

TELLING_SIGNS = frozenset({"too_good", "missing"})


class LeakFree(NamedTuple):
    """A table without its telling columns.

    Attributes:
        columns: The columns that stay.
        warnings: A sentence for each column that went.
    """

    columns: tuple[ColumnSchema, ...]
    warnings: tuple[str, ...]


def drop_leaks(
    features: pd.DataFrame,
    columns: Sequence[ColumnSchema],
    target: npt.NDArray[np.generic],
    kind: TaskKind,
) -> LeakFree:
    """Leave out each column that tells the target alone, by its values or by its gaps.

    Args:
        features: Columns as they were read.
        columns: How each is understood.
        target: Class codes or values, one per row.
        kind: Kind of task, not clustering.
    """
    found = find_leaks(features, columns, target, kind)
    telling = {leak.column: leak for leak in found if leak.sign in TELLING_SIGNS}
    return LeakFree(
        tuple(column for column in columns if column.name not in telling),
        tuple(_farewell(leak) for leak in telling.values()),
    )


def _farewell(leak: Leak) -> str:
    cause = "it alone predicts the target"
    if leak.sign == "missing":
        cause = "where it is missing tells the target"
    return f"{leak.column!r} was left out as a leak: {cause} ({leak.score:.3f})."
