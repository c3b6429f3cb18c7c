"""Measures whether new columns carry something that chance and old columns do not."""

import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.feature_selection import f_regression, mutual_info_classif

from toolkit.arrays import Codes, Floats
from toolkit.structure import structure
from toolkit.tree_encoder import TreeEncoder
from toolkit.twins import find_twins

MAXIMUM_ROWS = 5_000
SHADOWS = 24
"""Fewest permuted copies, so that even one new column meets a serious field."""
MARGIN = 1.5
TREES = 40
LARGEST_F = 1e12
"""F has no bound where a column and the target are one line; folds' means need one."""


def judge(
    train_x: pd.DataFrame,
    new_x: Floats,
    train_y: Floats | Codes | None,
    task: str,
    seed: int,
    n_threads: int,
) -> Floats:
    """Measure new columns on one fold's training rows.

    Args:
        train_x: Old columns, of any kind.
        new_x: New columns, shape (rows, m); NaN is a missing value.
        train_y: Class codes or values, shape (rows,); None for clustering.
        task: `binary`, `multiclass`, `regression` or `clustering`.
        seed: Seed of all that is drawn.
        n_threads: Threads to use.

    Returns:
        Array of shape (m, 4): importance, what chance reaches (both from `usefulness`, or
        from `structure` if there is no target), statistic, and the column that says the
        same already (see `find_twins`). Looks at 5000 rows at most, and at none that has
        no new value at all: it was put aside to make the others.
    """
    known = np.isfinite(new_x).any(axis=1)
    rows = np.flatnonzero(known) if known.any() else np.arange(len(train_x))
    if len(rows) > MAXIMUM_ROWS:
        random = np.random.default_rng(seed)
        rows = np.sort(random.choice(rows, MAXIMUM_ROWS, replace=False))
    old, new = train_x.iloc[rows], new_x[rows]
    new = np.where(np.isfinite(new), new, np.nan)
    if train_y is None:
        measured = structure(old, new, seed)
    else:
        measured = usefulness(old, new, train_y[rows], task, seed, n_threads)
    return np.column_stack([measured, find_twins(old, new)])


def usefulness(
    train_x: pd.DataFrame,
    new: Floats,
    target: Floats | Codes,
    task: str,
    seed: int,
    n_threads: int,
) -> Floats:
    """Set new columns against row-permuted copies of themselves.

    One LightGBM model sees the old columns, the new ones and at least 24 permuted
    copies ("shadows", after Boruta: Kursa and Rudnicki, JSS 2010). A column that is
    useful takes a larger share of the gain than the luckiest shadow. The shadow figure
    holds a safety margin: it is 1.5 times the largest share that a shadow reached.

    Args:
        train_x: Old columns, of any kind.
        new: New columns, shape (rows, m); NaN is a missing value, none is infinite.
        target: Class codes or values, shape (rows,).
        task: `binary`, `multiclass` or `regression`.
        seed: Seed of the permutations and the model.
        n_threads: Threads to use.

    Returns:
        Array of shape (m, 3): importance (share of all gain, 0 to 1), shadow
        importance, and statistic (mutual information in nats, or the F statistic for
        regression, 1e12 at most).
    """
    random = np.random.default_rng(seed)
    encoder = TreeEncoder(seed)
    old = encoder.fit_transform(train_x)
    shadows = _shadows(new, random)
    categories = list(range(encoder.categories))
    shares = _gain_shares(
        np.hstack([old, new, shadows]), target, task, seed, n_threads, categories
    )
    judged = np.empty((new.shape[1], 3))
    first = old.shape[1]
    judged[:, 0] = shares[first : first + new.shape[1]]
    judged[:, 1] = MARGIN * shares[first + new.shape[1] :].max(initial=0.0)
    judged[:, 2] = _statistics(new, target, task, seed)
    return judged


def _shadows(new: Floats, random: np.random.Generator) -> Floats:
    """Copies of the new columns with their rows shuffled, shape (rows, at least 24)."""
    copies = -(-SHADOWS // max(new.shape[1], 1))
    shuffled = [new[random.permutation(len(new))] for _ in range(copies)]
    return np.hstack(shuffled)


def _gain_shares(
    values: Floats,
    target: Floats | Codes,
    task: str,
    seed: int,
    n_threads: int,
    categories: list[int],
) -> Floats:
    """Each column's share of the gain of all splits, shape (columns,)."""
    settings: dict[str, float | str] = {
        "objective": {"multiclass": "multiclass", "binary": "binary"}.get(task, "l2"),
        "verbosity": -1,
        "seed": seed,
        "num_threads": n_threads,
        "deterministic": True,
        "force_col_wise": True,
        "learning_rate": 0.1,
        "num_leaves": 8,
        "max_bin": 63,
        "min_data_in_leaf": max(5, len(values) // 100),
        "feature_fraction": 0.5,
    }
    trees = TREES
    if task == "multiclass":
        classes, target = np.unique(target, return_inverse=True)
        settings["num_class"] = len(classes)
        trees = max(5, 2 * TREES // len(classes))
    data = lgb.Dataset(values, target, categorical_feature=categories, params=settings)
    booster = lgb.train(settings, data, num_boost_round=trees)
    gains = np.asarray(booster.feature_importance("gain"), dtype=np.float64)
    shares: Floats = gains / max(gains.sum(), np.finfo(np.float64).tiny)
    return shares


def _statistics(new: Floats, target: Floats | Codes, task: str, seed: int) -> Floats:
    """Mutual information or F statistic of each new column, shape (m,)."""
    if not new.shape[1]:
        return np.empty(0)
    is_empty = np.isnan(new).all(axis=0)
    medians = np.nanmedian(np.where(is_empty, 0.0, new), axis=0)
    filled = np.where(np.isnan(new), medians, new)
    if task != "regression":
        return np.asarray(mutual_info_classif(filled, target, random_state=seed))
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # A constant column has no F statistic.
        warnings.simplefilter("ignore", RuntimeWarning)
        statistic, _ = f_regression(filled, target)
    # Rounding can take the correlation of one line beyond 1, which makes F negative.
    bounded = np.where(statistic < 0, LARGEST_F, np.minimum(statistic, LARGEST_F))
    return np.asarray(np.nan_to_num(bounded))
