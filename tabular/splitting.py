"""Split rows once, for the whole run: the sealed test part and the folds."""

import numpy as np
import numpy.typing as npt

from schemas.base import Frozen
from schemas.task import TaskKind
from tabular.dealing import bundle_rows, deal
from tabular.errors import TableError

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

HOLDOUT_SHARE = 0.2
ALWAYS_TRAINING = -1

_QUANTILE_BINS = 10
_PINNED_BUNDLE_SHARE = 0.05


class FoldBounds(Frozen):
    """Up to how many rows a table is dealt into so many folds.

    Attributes:
        eight: Tables of fewer rows get eight folds.
        five: Of those left, tables of fewer rows get five.
        three: Of those left, tables of fewer rows get three; all others are split once.
    """

    eight: int = 2_000
    five: int = 100_000
    three: int = 500_000


def choose_folds(
    rows: int, units: int | None = None, bounds: FoldBounds | None = None
) -> int:
    """Number of folds; 1 means one fixed validation part.

    The fewer the rows, the more folds pay, because each model learns from more rows and
    new rows get the mean of more models: eight (five to seven where eight would leave
    fewer than ten rows a fold), then five, then three. Where rows are many, other
    candidates are worth more than further folds of the same.

    Args:
        rows: Number of development rows.
        units: Number of groups (or of different times less one), if rows are not free.
        bounds: Which tables count as small, those of the class by default.
    """
    bounds = bounds or FoldBounds()
    if rows < bounds.eight:
        folds = min(max(rows // 10, 5), 8)
    elif rows < bounds.five:
        folds = 5
    else:
        folds = 3 if rows < bounds.three else 1
    return folds if units is None else max(min(folds, units), 1)


def split_test(
    y: Array,
    *,
    kind: TaskKind,
    share: float,
    groups: Array | None = None,
    times: Array | None = None,
    duplicates: Integers | None = None,
    seed: int,
) -> Booleans:
    """Choose the test rows.

    Args:
        y: Class codes or values.
        kind: Kind of task.
        share: Share of the rows to choose, above 0 and below 1.
        groups: Group of each row; groups stay whole.
        times: Time of each row; the latest rows are chosen, equal times stay together.
            Duplicates of another time are not kept together then.
        duplicates: Id of each row from `copy_ids`; duplicates stay together.
        seed: Seed of the run.

    Returns:
        True for test rows. Every class of two rows or more keeps a row on the other side
        (unless its rows are bound together).

    Raises:
        TableError: If the rows cannot be split so.
    """
    if times is not None:
        return _latest_rows(times, groups, share)
    bundles = bundle_rows(len(y), groups, duplicates)
    if bundles.max() == 0:
        raise TableError(_why_bound(groups))
    random = np.random.default_rng([seed, 1])
    strata = _strata(y, kind, pooled_below=int(np.ceil(1 / share)))
    parts = deal(strata, bundles, np.array([1 - share, share]), random)
    is_test: Booleans = parts == 1
    if kind is not TaskKind.REGRESSION:
        is_test = _with_every_class_in_development(is_test, y, bundles)
    if not is_test.any() or is_test.all():
        raise TableError("There are too few rows for a test part; use --test-size 0.")
    return is_test


def _why_bound(groups: Array | None) -> str:
    if groups is not None and len(np.unique(groups)) == 1:
        return "All rows belong to one group; omit --group."
    return "Copies bind all rows together; omit --drop-leaks."


def _latest_rows(times: Array, groups: Array | None, share: float) -> Booleans:
    """All rows from the time on after which about `share` of the rows come."""
    _refuse_groups_in_time(groups)
    moments, starts = np.unique(np.sort(times), return_index=True)
    if len(moments) < 2:  # noqa: PLR2004 - one moment cannot be parted
        raise TableError("The time column has one value only; omit --time.")
    later_share = 1 - starts[1:] / len(times)
    first = moments[1 + int(np.argmin(np.abs(later_share - share)))]
    is_latest: Booleans = times >= first
    return is_latest


def _refuse_groups_in_time(groups: Array | None) -> None:
    if groups is not None:
        raise TableError("Rows are split by --group or by --time; name one of them.")


def _strata(y: Array, kind: TaskKind, pooled_below: int) -> Integers:
    """Ten quantile bins of values, or classes with the rare ones pooled into one."""
    if kind is TaskKind.REGRESSION:
        ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable")
        # A bin of fewer rows would fall to the larger part as a whole.
        bins = min(_QUANTILE_BINS, max(len(y) // pooled_below, 1))
        return (ranks * bins // len(y)).astype(np.int64)
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    is_rare = counts < pooled_below
    strata = np.where(is_rare, len(classes), np.arange(len(classes)))[codes]
    return np.unique(strata, return_inverse=True)[1]


def _with_every_class_in_development(
    is_test: Booleans, y: Array, bundles: Integers
) -> Booleans:
    kept = is_test.copy()
    for code in np.unique(y):
        rows = np.flatnonzero(y == code)
        if kept[rows].all():
            kept[_smallest_bundle(rows, bundles)] = False
    return kept


def _smallest_bundle(rows: Integers, bundles: Integers) -> Integers:
    """All rows of the smallest bundle that holds one of these rows."""
    sizes = np.bincount(bundles)
    smallest = bundles[rows][np.argmin(sizes[bundles[rows]])]
    return np.flatnonzero(bundles == smallest)


def assign_folds(
    y: Array,
    *,
    kind: TaskKind,
    folds: int,
    groups: Array | None = None,
    times: Array | None = None,
    duplicates: Integers | None = None,
    seed: int,
) -> Integers:
    """Assign every development row to the fold that scores it.

    Args:
        y: Class codes or values; for clustering its length alone counts.
        kind: Kind of task.
        folds: Number of folds; 1 is one fixed validation part of a fifth of the rows.
        groups: Group of each row; groups stay whole.
        times: Time of each row. The rows are cut into one block more than there are
            folds; the first block is never scored, fold k is block k + 1.
        duplicates: Id of each row from `copy_ids`; duplicates stay together (not
            needed with times).
        seed: Seed of the run.

    Returns:
        Fold of each row, -1 for a row that is always on the training side. A class is
        never scored by a fold whose training rows lack it, unless its rows are bound into
        one large group. For clustering all rows are in fold 0.

    Raises:
        TableError: If there are too few rows, groups or times.
    """
    if kind is TaskKind.CLUSTERING:
        return np.zeros(len(y), dtype=np.int64)
    if folds == 1:
        is_scored = split_test(
            y,
            kind=kind,
            share=HOLDOUT_SHARE,
            groups=groups,
            times=times,
            duplicates=duplicates,
            seed=seed + 1,
        )
        return np.where(is_scored, 0, ALWAYS_TRAINING)
    if times is not None:
        _refuse_groups_in_time(groups)
        return _blocks_in_time(times, folds + 1) - 1
    return _stratified_folds(y, kind, folds, groups, duplicates, seed)


def _blocks_in_time(times: Array, blocks: int) -> Integers:
    """Blocks of about equal size in the order of time; equal times stay together."""
    moments, position, counts = np.unique(
        times, return_inverse=True, return_counts=True
    )
    if len(moments) < blocks:
        raise TableError(
            f"The time column has {len(moments)} different values, too few for "
            f"{blocks - 1} folds; use --validation holdout or omit --time."
        )
    wanted = np.arange(1, blocks) * len(times) / blocks
    cuts = np.searchsorted(np.cumsum(counts), wanted, side="left") + 1
    # Every block keeps at least one moment, however unevenly rows are spread over them.
    step = np.arange(len(cuts))
    cuts = np.maximum.accumulate(cuts - step) + step
    cuts = np.minimum(cuts, len(moments) - blocks + 1 + step)
    return np.searchsorted(cuts, np.arange(len(moments)), side="right")[position]


def _stratified_folds(
    y: Array,
    kind: TaskKind,
    folds: int,
    groups: Array | None,
    duplicates: Integers | None,
    seed: int,
) -> Integers:
    bundles = bundle_rows(len(y), groups, duplicates)
    if bundles.max() + 1 < folds:
        raise TableError(
            f"There are {bundles.max() + 1} different rows or groups, too few for "
            f"{folds} folds; use --validation holdout or bring more rows."
        )
    random = np.random.default_rng([seed, 2])
    strata = _strata(y, kind, pooled_below=folds)
    assigned = deal(strata, bundles, np.full(folds, 1 / folds), random)
    if kind is not TaskKind.REGRESSION:
        assigned = _with_every_class_in_training(assigned, y, bundles)
    empty = set(range(folds)) - set(assigned.tolist())
    if empty:
        raise TableError(
            f"There are too few rows of each class for {folds} folds; "
            "use --validation holdout or bring more rows."
        )
    return assigned


def _with_every_class_in_training(
    folds: Integers, y: Array, bundles: Integers
) -> Integers:
    """A class that one fold holds alone would be unknown to that fold's models."""
    kept = folds.copy()
    largest = max(1, int(len(y) * _PINNED_BUNDLE_SHARE))
    for code in np.unique(y):
        rows = np.flatnonzero(y == code)
        if len(np.unique(folds[rows])) > 1:
            continue
        bundle = _smallest_bundle(rows, bundles)
        if len(bundle) <= largest:
            kept[bundle] = ALWAYS_TRAINING
    return kept


def training_rows(folds: Integers, fold: int, is_ordered: bool) -> Integers:
    """Indices of the rows that models of a fold are fitted on.

    Args:
        folds: Fold of each row, -1 for always training.
        fold: Which fold.
        is_ordered: Whether folds follow each other in time: only earlier ones count then.
    """
    return np.flatnonzero(folds < fold if is_ordered else folds != fold)


def scored_rows(folds: Integers, fold: int) -> Integers:
    """Indices of the rows that a fold scores."""
    return np.flatnonzero(folds == fold)
