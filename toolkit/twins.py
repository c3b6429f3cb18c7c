"""Finds new columns that say what another column says already."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from toolkit.arrays import Codes, Floats
from toolkit.columns import group_columns, numbers

TWIN_CORRELATION = 0.98
NO_TWIN = -1


def find_twins(table: pd.DataFrame, new: Floats) -> Codes:
    """Find the column that each new column repeats, up to order and sign.

    Args:
        table: The old columns; those that are numbers are compared.
        new: New columns, shape (rows, m); NaN is a missing value.

    Returns:
        Array of shape (m,): position of an old column in the table, or the number of old
        columns plus the position of an earlier new column, with an absolute rank
        correlation above 0.98; -1 if there is none.
    """
    names = group_columns(table).numeric
    places = [list(table.columns).index(name) for name in names]
    places += [len(table.columns) + j for j in range(new.shape[1])]
    ranked = _ranks(np.hstack([numbers(table, names), new]))
    twins = np.full(new.shape[1], NO_TWIN, dtype=np.int64)
    kept = list(range(len(names)))
    for column in range(new.shape[1]):
        place = len(names) + column
        alike = np.abs(ranked[:, kept].T @ ranked[:, place]) > TWIN_CORRELATION
        if alike.any():
            twins[column] = places[kept[int(alike.argmax())]]
        else:
            kept.append(place)
    return twins


def _ranks(values: Floats) -> Floats:
    """Centred ranks of length 1 per column; missing values in the middle."""
    ranks = rankdata(values, axis=0, nan_policy="omit")
    ranks = ranks - np.nanmean(
        np.where(np.isnan(values).all(axis=0), 0.0, ranks), axis=0
    )
    ranks = np.nan_to_num(ranks)
    lengths = np.sqrt((ranks**2).sum(axis=0))
    scaled: Floats = ranks / np.where(lengths > 0, lengths, 1.0)
    return scaled
