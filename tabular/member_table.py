"""The table that a stacker is fitted to: one row per row, columns from each member."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from tabular.member_names import member_columns

Floats = npt.NDArray[np.float64]

_BINARY_COLUMNS = 2


def member_table(predictions: Floats) -> pd.DataFrame:
    """Lay predictions (members, rows, columns) out side by side.

    Of the two probabilities of a binary task only that of the positive class is kept.
    """
    members, rows, columns = predictions.shape
    kept = predictions[:, :, 1:] if columns == _BINARY_COLUMNS else predictions
    names = [name for m in range(members) for name in member_columns(m, columns)]
    values = kept.transpose(1, 0, 2).reshape(rows, len(names))
    return pd.DataFrame(values, columns=names)
