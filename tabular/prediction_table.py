"""Predictions as people get them: one row per row, labels in the table's own words.

Exported predictors run this very file, so it imports no schemas at run time.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from schemas.task import Task


def prediction_table(task: "Task", predicted: NDArray[np.float64]) -> pd.DataFrame:
    """Make the columns `prediction` and, for classification, `proba_<class>`.

    Args:
        task: What was learned.
        predicted: Probabilities (n, classes), values (n, 1) or cluster labels (n, 1).
    """
    if task.kind == "regression":
        return pd.DataFrame({"prediction": predicted[:, 0]})
    if task.kind == "clustering":
        return pd.DataFrame({"prediction": predicted[:, 0].astype(np.int64)})
    labels = np.asarray(task.labels, dtype=object)[predicted.argmax(axis=1)]
    probabilities = pd.DataFrame(
        predicted, columns=[f"proba_{label}" for label in task.labels]
    )
    return pd.concat([pd.DataFrame({"prediction": labels}), probabilities], axis=1)
