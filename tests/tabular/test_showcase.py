"""Showcase: rows that are shown are never scored, and enough rows stay behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.task import TaskKind
from tabular.showcase import choose_showcase
from tabular.splitting import assign_folds


@given(
    rows=st.integers(60, 400),
    classes=st.integers(2, 9),
    groups=st.integers(20, 100),
    seed=st.integers(0, 99),
)
def test_shown_rows_are_pinned_with_their_ties_and_leave_enough(
    rows: int, classes: int, groups: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    y = random.choice(classes, rows, p=random.dirichlet(np.ones(classes)))
    group = random.integers(0, groups, rows)
    duplicates = random.integers(0, 20 * rows, rows)
    folds = assign_folds(
        y,
        kind=TaskKind.MULTICLASS,
        folds=4,
        groups=group,
        duplicates=duplicates,
        seed=seed,
    )

    shown, pinned = choose_showcase(
        y, folds, group, duplicates, TaskKind.MULTICLASS, seed
    )

    assert len(shown) <= min(12, rows * 0.05)
    assert set(shown) <= set(pinned)
    assert len(pinned) <= rows * 0.1
    assert not set(group[pinned]) & set(np.delete(group, pinned))
    assert not set(duplicates[pinned]) & set(np.delete(duplicates, pinned))
    left = np.delete(np.arange(rows), pinned)
    for code in np.unique(y[pinned]):
        assert np.sum(y[left] == code) >= 5
    assert set(folds[left].tolist()) >= set(range(4))


def test_barred_rows_are_not_shown() -> None:
    y = np.arange(300) % 2
    folds = assign_folds(y, kind=TaskKind.BINARY, folds=5, seed=0)
    is_barred = np.arange(300) % 3 > 0

    shown = choose_showcase(
        y, folds, None, None, TaskKind.BINARY, 0, is_barred=is_barred
    ).rows

    assert len(shown) == 12
    assert not is_barred[shown].any()


def test_all_classes_take_turns() -> None:
    y = np.repeat([0, 1, 2], [500, 80, 20])
    folds = assign_folds(y, kind=TaskKind.MULTICLASS, folds=5, seed=0)

    shown = choose_showcase(y, folds, None, None, TaskKind.MULTICLASS, 0).rows

    assert np.bincount(y[shown]).tolist() == [4, 4, 4]


def test_in_time_only_rows_before_every_scored_row_are_shown() -> None:
    times = np.random.default_rng(0).permutation(300)
    folds = assign_folds(times, kind=TaskKind.REGRESSION, folds=5, times=times, seed=0)

    shown = choose_showcase(
        times, folds, None, None, TaskKind.REGRESSION, 0, is_ordered=True
    ).rows

    assert len(shown) == 12
    assert times[shown].max() < times[folds >= 0].min()


def test_rows_that_are_never_scored_come_first() -> None:
    folds = np.where(np.arange(200) < 40, 0, -1)

    shown = choose_showcase(
        np.zeros(200), folds, None, None, TaskKind.REGRESSION, 0
    ).rows

    assert shown.min() >= 40


@pytest.mark.parametrize("rows", [20, 400])
def test_clustering_shows_rows_and_pins_none(rows: int) -> None:
    blank = np.zeros(rows, dtype=np.int64)

    shown, pinned = choose_showcase(blank, blank, None, None, TaskKind.CLUSTERING, 0)

    assert len(shown) == min(12, rows // 20)
    assert len(pinned) == 0
