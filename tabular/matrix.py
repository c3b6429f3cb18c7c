"""One numeric matrix of a table, in which distances between rows mean something."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

_MOST_LEVELS = 20
_CATEGORY_SCALE = np.sqrt(0.5)
"""Two rows that differ in a category differ in two of its columns: together that is 1."""

_FURTHEST_DEVIATIONS = 5.0


def standardised_matrix(frame: pd.DataFrame) -> Floats:
    """Turn typed columns into standardised features.

    Args:
        frame: Columns as `apply_schema` returns them.

    Returns:
        Matrix (rows, features) without missing values. Numbers, times and booleans are
        standardised, outliers drawn in to five deviations, missing values at the median.
        Categories of up to 20 levels are one-hot times sqrt(1/2). Text and larger
        categories are left out.
    """
    parts = [_features(frame[name]) for name in frame.columns]
    parts = [part for part in parts if part.shape[1] > 0]
    if not parts:
        return np.zeros((len(frame), 1))
    return np.concatenate(parts, axis=1)


def _features(column: pd.Series) -> Floats:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _one_hot(column)
    if isinstance(column.dtype, pd.StringDtype):
        return np.zeros((len(column), 0))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        moments = column.to_numpy(dtype="datetime64[s]")
        return _standardised(
            np.where(np.isnat(moments), np.nan, moments.astype(np.float64))
        )
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return _standardised(np.array(numbers, dtype=np.float64))


def _one_hot(column: pd.Series) -> Floats:
    codes = column.cat.codes.to_numpy()
    levels = np.unique(codes[codes >= 0])
    if len(levels) > _MOST_LEVELS:
        return np.zeros((len(column), 0))
    one_hot: Floats = (codes[:, None] == levels) * _CATEGORY_SCALE
    return one_hot


def _standardised(values: Floats) -> Floats:
    is_known = ~np.isnan(values)
    if not is_known.any():
        return np.zeros((len(values), 1))
    filled = np.where(is_known, values, np.median(values[is_known]))
    deviation = filled.std()
    if deviation == 0:
        return np.zeros((len(values), 1))
    scaled: Floats = (filled - filled.mean()) / deviation
    scaled = np.clip(scaled, -_FURTHEST_DEVIATIONS, _FURTHEST_DEVIATIONS)
    return scaled.reshape(-1, 1)
