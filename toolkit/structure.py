"""Measures without a target whether new columns bring out groups of rows."""

import numpy as np
import pandas as pd
from sklearn.neighbors import kneighbors_graph

from toolkit.arrays import Floats
from toolkit.columns import group_columns, medians, numbers
from toolkit.dense_encoder import DenseEncoder
from toolkit.dip import dip

MAXIMUM_ROWS = 400
NEIGHBORS = 7
SHADOWS = 24
MARGIN = 1.5
FEW_VALUES = 20
"""The peaks of so few values are told from steps by where rows change from one to another."""


def structure(train_x: pd.DataFrame, new_x: Floats, seed: int) -> Floats:
    """Set the groups that new columns fall into against chance and against the old ones.

    A column of use for clustering has several peaks (Hartigan's dip), more clearly than
    samples without any and than each old column of numbers. Counts and rounded numbers
    come in steps, which are no peaks. A column of a few values may be names of groups: then
    rows that are alike otherwise share them, more clearly than if the same values were
    dealt out in the order of an old column.

    Args:
        train_x: Old columns, of any kind.
        new_x: New columns, shape (rows, m); NaN is a missing value.
        seed: Seed of the sample.

    Returns:
        Array of shape (m, 3): dip, the dip to beat (1.5 times the largest of 24 uniform
        samples, or the largest of an old column), and how little a column varies between
        neighbours: one minus its Laplacian score (He, Cai and Niyogi, NIPS 2005), 0 to 1.
        Looks at 400 rows at most.
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(train_x))[:MAXIMUM_ROWS])
    sample = train_x.iloc[rows]
    old = _filled(numbers(sample, group_columns(sample).numeric))
    new = _filled(new_x[rows])
    chance = [dip(random.uniform(size=len(rows))) for _ in range(SHADOWS)]
    bar = max([MARGIN * max(chance), *(dip(_spread(column)) for column in old.T)])
    encoded = DenseEncoder("standard", seed).fit_transform(sample)
    smooth = _smoothness(encoded, new)
    dips = [
        dip(column)
        if _names_groups(column, roughness, old, encoded)
        else dip(_spread(column))
        for column, roughness in zip(new.T, 1 - smooth, strict=True)
    ]
    return np.column_stack([dips, np.full(new.shape[1], bar), smooth])


def _names_groups(
    column: Floats, roughness: float, old: Floats, encoded: Floats
) -> bool:
    """Whether few values change between neighbours less often than along old columns."""
    is_few = 1 < len(np.unique(column)) <= FEW_VALUES
    if not is_few or not old.shape[1]:
        return False
    places = np.argsort(np.argsort(old, axis=0, kind="stable"), axis=0)
    ordered = np.sort(column)
    cuts = np.hstack([ordered[places], ordered[::-1][places]])
    chance = 1 - _smoothness(encoded, cuts)
    return bool(MARGIN * roughness < chance.min())


def _spread(values: Floats) -> Floats:
    """Values in order, equal ones apart: half-way to the next ones at either side."""
    x, counts = np.unique(values, return_counts=True)
    if len(x) == 1:
        return values
    halves = np.diff(x) / 2
    below, above = np.r_[halves[:1], halves], np.r_[halves, halves[-1:]]
    number = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    # From -1, half-way to the value before, to 1.
    place = (2 * number + 1) / np.repeat(counts, counts) - 1
    widths = np.where(place < 0, np.repeat(below, counts), np.repeat(above, counts))
    return np.asarray(np.repeat(x, counts) + place * widths)


def _filled(values: Floats) -> Floats:
    known = np.where(np.isfinite(values), values, np.nan)
    filled: Floats = np.where(np.isnan(known), medians(known), known)
    return filled


def _smoothness(old: Floats, new: Floats) -> Floats:
    """One minus the Laplacian score of each new column, shape (m,)."""
    if len(old) <= NEIGHBORS or not old.shape[1]:
        return np.zeros(new.shape[1])
    graph = kneighbors_graph(old, NEIGHBORS)
    graph = graph.maximum(graph.T).tocoo()
    degrees = np.bincount(graph.row, minlength=len(old)).astype(np.float64)
    steps = (new[graph.row] - new[graph.col]) ** 2
    spread = (new - degrees @ new / degrees.sum()) ** 2
    variance = 2 * degrees @ spread
    score = steps.sum(axis=0) / np.where(variance > 0, variance, np.inf)
    smooth: Floats = np.where(variance > 0, np.clip(1 - score, 0, 1), 0.0)
    return smooth
