"""Choose the few rows that a proposer may see, so that no row that is scored is shown."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.task import TaskKind
from tabular.dealing import bundle_rows
from tabular.splitting import ALWAYS_TRAINING

Integers = npt.NDArray[np.int64]

SHOWCASE_ROWS = 12
_SHOWCASE_SHARE = 0.05
_PINNED_SHARE = 0.1
_REMAINING_ROWS_OF_A_CLASS = 5
_REMAINING_ROWS_OF_A_FOLD = 5
_TRIED_ROWS = 200


class Showcase(NamedTuple):
    """Rows that may be shown to a proposer.

    Attributes:
        rows: Their indices, in ascending order.
        pinned: All rows that must stand on the training side of every fold for that:
            these rows with their groups and duplicates.
    """

    rows: Integers
    pinned: Integers


def choose_showcase(
    y: npt.NDArray[np.generic],
    folds: Integers,
    groups: npt.NDArray[np.generic] | None,
    duplicates: Integers | None,
    kind: TaskKind,
    seed: int,
    *,
    is_ordered: bool = False,
    is_barred: npt.NDArray[np.bool_] | None = None,
) -> Showcase:
    """Choose up to 12 rows, from all classes in turn.

    Rows that no fold scores anyway are taken if there are enough of them. In a run
    ordered by time only those can be: a later row must not become a training row.

    Args:
        y: Class codes or values; for clustering its length alone counts.
        folds: Fold of each row, -1 for always training.
        groups: Group of each row, or None.
        duplicates: Id of each row, equal for exact duplicates, or None.
        kind: Kind of task.
        seed: Seed of the run.
        is_ordered: Whether folds follow each other in time.
        is_barred: Rows that must not be shown, since a sealed row repeats them; or None.

    Returns:
        At most 12 rows and 5 % of all, with at most 10 % of all rows pinned. At least
        five rows of every class and of every fold stay behind, and a fold goes on scoring
        the classes it scored. For clustering nothing is pinned, since nothing is scored
        against labels.
    """
    random = np.random.default_rng([seed, 3])
    wanted = min(SHOWCASE_ROWS, int(len(y) * _SHOWCASE_SHARE))
    if kind is TaskKind.CLUSTERING:
        rows = np.sort(random.choice(len(y), wanted, replace=False))
        return Showcase(rows, np.zeros(0, dtype=np.int64))
    unscored = np.flatnonzero(folds == ALWAYS_TRAINING)
    pool = unscored if is_ordered or len(unscored) >= wanted else np.arange(len(y))
    if is_barred is not None:
        pool = pool[~is_barred[pool]]
    codes = np.zeros(len(y), dtype=np.int64)
    if kind is not TaskKind.REGRESSION:
        codes = np.unique(y, return_inverse=True)[1]
    bundles = bundle_rows(len(y), groups, duplicates)
    return _take(_class_by_class(pool, codes, random), codes, folds, bundles, wanted)


def _class_by_class(
    pool: Integers, codes: Integers, random: np.random.Generator
) -> Integers:
    """The pool in random order, the classes taking turns."""
    pool = random.permutation(pool)
    pool = pool[np.argsort(codes[pool], kind="stable")]
    starts = np.searchsorted(codes[pool], codes[pool])
    turn = np.arange(len(pool)) - starts
    return pool[np.argsort(turn, kind="stable")]


def _take(
    pool: Integers, codes: Integers, folds: Integers, bundles: Integers, wanted: int
) -> Showcase:
    """Take rows in order wherever enough rows stay behind."""
    rows: list[int] = []
    is_pinned = np.zeros(len(codes), dtype=np.bool_)
    sizes = np.bincount(bundles)
    room = int(len(codes) * _PINNED_SHARE)
    for row in pool[:_TRIED_ROWS]:
        if len(rows) == wanted:
            break
        if sizes[bundles[row]] > room:
            continue
        trial = is_pinned | (bundles == bundles[row])
        if trial.sum() <= room and _leaves_enough(trial, codes, folds):
            is_pinned = trial
            rows.append(int(row))
    return Showcase(np.sort(np.array(rows, dtype=np.int64)), np.flatnonzero(is_pinned))


def _leaves_enough(
    is_pinned: npt.NDArray[np.bool_], codes: Integers, folds: Integers
) -> bool:
    remaining = np.bincount(codes[~is_pinned], minlength=int(codes.max()) + 1)
    if remaining[codes[is_pinned]].min() < _REMAINING_ROWS_OF_A_CLASS:
        return False
    was_scored = folds != ALWAYS_TRAINING
    is_scored = was_scored & ~is_pinned
    sizes = np.bincount(folds[is_scored], minlength=int(folds.max()) + 1)
    touched = np.unique(folds[was_scored & is_pinned])
    # A class that a fold scored, it goes on scoring.
    cells = codes * (int(folds.max()) + 1) + folds
    return bool(
        np.all(sizes[touched] >= _REMAINING_ROWS_OF_A_FOLD)
        and len(np.unique(cells[is_scored])) == len(np.unique(cells[was_scored]))
    )
