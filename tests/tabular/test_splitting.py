"""Splitting: no row on two sides, and nothing crosses that must not."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.task import TaskKind
from tabular.errors import TableError
from tabular.splitting import (
    FoldBounds,
    assign_folds,
    choose_folds,
    scored_rows,
    split_test,
    training_rows,
)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """A target with ties between rows."""

    kind: TaskKind
    y: npt.NDArray[np.generic]
    groups: Integers
    duplicates: Integers
    times: Integers


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Targets of any kind with classes of any size, some of one row."""
    rows = draw(st.integers(60, 250))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(
        st.sampled_from([TaskKind.BINARY, TaskKind.MULTICLASS, TaskKind.REGRESSION])
    )
    if kind is TaskKind.REGRESSION:
        y: npt.NDArray[np.generic] = random.normal(size=rows)
    else:
        classes = 2 if kind is TaskKind.BINARY else draw(st.integers(3, 12))
        skew = random.dirichlet(np.full(classes, 0.5))
        y = np.unique(random.choice(classes, rows, p=skew), return_inverse=True)[1]
    return Rows(
        kind,
        y,
        groups=random.integers(0, draw(st.integers(15, 60)), rows),
        duplicates=random.integers(0, 10 * rows, rows),
        times=random.integers(0, draw(st.integers(20, 500)), rows),
    )


def are_whole(ids: Integers, sides: npt.NDArray[np.generic]) -> bool:
    return all(len(np.unique(sides[ids == value])) == 1 for value in np.unique(ids))


@given(tables(), st.integers(0, 9))
def test_every_row_is_scored_by_one_fold_or_none(table: Rows, seed: int) -> None:
    folds = assign_folds(
        table.y, kind=table.kind, folds=5, duplicates=table.duplicates, seed=seed
    )

    assert set(range(5)) <= set(folds.tolist()) <= set(range(-1, 5))
    for fold in range(5):
        training, scored = training_rows(folds, fold, False), scored_rows(folds, fold)
        assert not set(training) & set(scored)
        assert len(training) + len(scored) == len(table.y)
    assert are_whole(table.duplicates, folds)


@given(tables(), st.integers(0, 9))
def test_no_fold_scores_a_class_that_its_training_rows_lack(
    table: Rows, seed: int
) -> None:
    folds = assign_folds(table.y, kind=table.kind, folds=5, seed=seed)

    if table.kind is not TaskKind.REGRESSION:
        for fold in range(5):
            known = set(table.y[training_rows(folds, fold, False)])
            assert set(table.y[scored_rows(folds, fold)]) <= known
            assert known == set(table.y)


@given(tables())
def test_folds_of_free_rows_are_stratified(table: Rows) -> None:
    folds = assign_folds(table.y, kind=table.kind, folds=5, seed=0)

    if table.kind is TaskKind.REGRESSION:
        strata = np.argsort(np.argsort(table.y)) * 10 // len(table.y)
    else:
        strata = np.where(np.bincount(table.y)[table.y] >= 5, table.y, -1)
    for stratum in set(strata) - {-1}:
        counts = np.bincount(folds[strata == stratum] + 1, minlength=6)[1:]
        assert counts.max() - counts.min() <= 1


@given(tables(), st.integers(0, 9))
def test_groups_stay_whole(table: Rows, seed: int) -> None:
    folds = assign_folds(
        table.y, kind=table.kind, folds=4, groups=table.groups, seed=seed
    )
    is_test = split_test(
        table.y, kind=table.kind, share=0.2, groups=table.groups, seed=seed
    )

    assert are_whole(table.groups, folds)
    assert are_whole(table.groups, is_test)
    assert 0.05 < is_test.mean() < 0.4


@given(tables(), st.integers(0, 9), st.sampled_from([0.1, 0.2, 0.5]))
def test_the_test_part_keeps_duplicates_and_leaves_every_class(
    table: Rows, seed: int, share: float
) -> None:
    is_test = split_test(
        table.y, kind=table.kind, share=share, duplicates=table.duplicates, seed=seed
    )

    assert are_whole(table.duplicates, is_test)
    assert is_test.mean() == pytest.approx(share, abs=0.07)
    if table.kind is not TaskKind.REGRESSION:
        assert set(table.y[~is_test]) == set(table.y)


@given(tables())
def test_time_only_runs_forward(table: Rows) -> None:
    folds = assign_folds(table.y, kind=table.kind, folds=4, times=table.times, seed=0)
    is_test = split_test(table.y, kind=table.kind, share=0.2, times=table.times, seed=0)

    assert table.times[~is_test].max() < table.times[is_test].min()
    assert set(folds.tolist()) == {-1, 0, 1, 2, 3}
    for fold in range(4):
        training, scored = training_rows(folds, fold, True), scored_rows(folds, fold)
        assert table.times[training].max() < table.times[scored].min()


def test_blocks_in_time_are_about_equal() -> None:
    folds = assign_folds(
        np.zeros(600), kind=TaskKind.REGRESSION, folds=5, times=np.arange(600), seed=0
    )

    assert np.bincount(folds + 1).tolist() == [100] * 6


@given(st.lists(st.integers(0, 30), min_size=30, max_size=60))
def test_no_block_in_time_is_empty_however_rows_crowd(times: list[int]) -> None:
    moments = np.array(times)
    folds = min(len(set(times)) - 1, 5)

    if folds >= 2:
        assigned = assign_folds(
            moments, kind=TaskKind.REGRESSION, folds=folds, times=moments, seed=0
        )

        assert set(assigned.tolist()) == set(range(-1, folds))
        assert are_whole(moments, assigned)


def test_one_fold_is_a_fixed_validation_part() -> None:
    y = np.arange(100) % 2

    folds = assign_folds(y, kind=TaskKind.BINARY, folds=1, seed=0)

    assert np.bincount(folds + 1).tolist() == [80, 20]
    assert np.bincount(y[folds == 0]).tolist() == [10, 10]


def test_the_same_seed_gives_the_same_split_and_another_another() -> None:
    y = np.arange(100) % 3

    splits = [
        split_test(y, kind=TaskKind.MULTICLASS, share=0.2, seed=seed).tolist()
        for seed in (1, 1, 2)
    ]

    assert splits[0] == splits[1] != splits[2]


def test_clustering_looks_at_all_rows_at_once() -> None:
    folds = assign_folds(np.zeros(7), kind=TaskKind.CLUSTERING, folds=1, seed=0)

    assert folds.tolist() == [0] * 7


def test_what_cannot_be_split_is_refused() -> None:
    y, one = np.arange(30) % 2, np.zeros(30, dtype=np.int64)

    with pytest.raises(TableError, match="one group"):
        split_test(y, kind=TaskKind.BINARY, share=0.2, groups=one, seed=0)
    with pytest.raises(TableError, match="omit --drop-leaks"):
        split_test(y, kind=TaskKind.BINARY, share=0.2, groups=y, duplicates=one, seed=0)
    with pytest.raises(TableError, match="one value only"):
        split_test(y, kind=TaskKind.BINARY, share=0.2, times=one, seed=0)
    with pytest.raises(TableError, match="--group or by --time"):
        split_test(y, kind=TaskKind.BINARY, share=0.2, times=y, groups=y, seed=0)
    with pytest.raises(TableError, match="2 different rows or groups"):
        assign_folds(y, kind=TaskKind.BINARY, folds=5, groups=y, seed=0)
    with pytest.raises(TableError, match="too few for 5 folds"):
        assign_folds(y, kind=TaskKind.BINARY, folds=5, times=y, seed=0)


@pytest.mark.parametrize(
    ("rows", "folds"),
    [(20, 5), (65, 6), (80, 8), (1999, 8), (2000, 5), (99_999, 5), (100_000, 3)],
)
def test_the_fewer_rows_the_more_folds(rows: int, folds: int) -> None:
    assert choose_folds(rows) == folds
    assert choose_folds(rows, units=2) == 2


@pytest.mark.parametrize(("rows", "folds"), [(65, 6), (2000, 8), (6000, 5)])
def test_larger_tables_may_have_as_many_folds(rows: int, folds: int) -> None:
    assert choose_folds(rows, bounds=FoldBounds(eight=6000)) == folds
    assert choose_folds(rows, units=3, bounds=FoldBounds(eight=6000)) == 3


def test_a_large_table_has_one_validation_part() -> None:
    assert choose_folds(500_000) == 1
