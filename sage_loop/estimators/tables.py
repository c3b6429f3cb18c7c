"""Brings what people pass as X into a table that can cross to the engine as an Arrow file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sage_loop.estimators.errors import InputError


def as_frame(X: object, names: Sequence[str]) -> pd.DataFrame:
    """Lay rows out under names, numbered from 0.

    Args:
        X: A DataFrame, or an array of shape (rows, columns).
        names: One per column.
    """
    if isinstance(X, pd.DataFrame):
        frame = X.set_axis(list(names), axis=1)
        return frame.reset_index(drop=True)
    return pd.DataFrame(np.asarray(X), columns=list(names)).infer_objects()


def column_names(X: object) -> list[str]:
    """Names of the columns: their own ones if all are texts, else `x0`, `x1`, ...

    Raises:
        InputError: A name stands for two columns.
    """
    if isinstance(X, pd.DataFrame):
        if not all(isinstance(name, str) for name in X.columns):
            return [f"x{number}" for number in range(X.shape[1])]
        if not X.columns.is_unique:
            twice = X.columns[X.columns.duplicated()][0]
            raise InputError(f"two columns are called {twice!r}; rename one")
        return list(X.columns)
    return [f"x{number}" for number in range(np.asarray(X).shape[1])]


def free_name(wanted: object, taken: Sequence[str]) -> str:
    """A name for the target that no column has."""
    name = wanted if isinstance(wanted, str) and wanted else "target"
    while name in taken:
        name = f"{name}_"
    return name


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write an Arrow file; columns of mixed objects become texts."""
    try:
        frame.to_feather(path, compression="uncompressed")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        plain = frame.copy()
        for name in frame.select_dtypes("object").columns:
            plain[name] = frame[name].map(str, na_action="ignore").astype("str")
        plain.to_feather(path, compression="uncompressed")
