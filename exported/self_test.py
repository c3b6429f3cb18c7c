"""Repeats predictions of the run that an exported folder was made of."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from exported.model import ExportedModel
from tabular.errors import TableError

FILE = "self_test.json"
LARGEST_DIFFERENCE = 1e-6
"""Beyond this, in shares of the largest prediction, another machine does not explain it."""


def largest_difference(model: ExportedModel, folder: Path) -> float:
    """The largest difference to what the run predicted, relative to its largest value.

    Args:
        model: The model of the folder.
        folder: Where `self_test.json` lies.

    Raises:
        TableError: It was exported without rows, or they were removed.
    """
    if not (folder / FILE).is_file():
        raise TableError(f"there is no {FILE}: rows of the table were left out")
    told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    columns = {name: pd.Series(values) for name, values in told["rows"].items()}
    predicted = model.predict(pd.DataFrame(columns))
    expected = pd.DataFrame(told["predictions"])
    if list(predicted.columns) != list(expected.columns):
        return float("inf")
    numbers = expected.select_dtypes("number").columns
    others = expected.columns.difference(numbers)
    if not predicted[others].astype(str).equals(expected[others].astype(str)):
        return float("inf")
    known = expected[numbers].to_numpy(dtype=np.float64)
    gap = np.abs(predicted[numbers].to_numpy(dtype=np.float64) - known)
    return float(gap.max(initial=0.0) / max(np.abs(known).max(initial=0.0), 1e-300))
