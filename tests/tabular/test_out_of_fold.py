"""Out-of-fold rows and how they are cut."""

import numpy as np
import pytest

from tabular.out_of_fold import MOST_FOLDS, OutOfFold, cut_into_parts, sampled


def rows_of(folds: list[int]) -> OutOfFold:
    count = len(folds)
    return OutOfFold(
        np.zeros((1, count, 1)), np.arange(count), np.array(folds), np.ones(count)
    )


def test_taking_rows_takes_all_that_is_known_of_them() -> None:
    few = rows_of([0, 1, 2, 0]).take(np.array([True, False, False, True]))

    assert few.predictions.shape == (1, 2, 1)
    assert few.truth.tolist() == [0, 3]
    assert few.folds.tolist() == [0, 0]
    assert few.weight is not None
    assert few.weight.shape == (2,)


@pytest.mark.parametrize("folds", [1, 2])
def test_too_few_folds_are_cut_into_parts(folds: int) -> None:
    cut = rows_of(list(np.arange(100) % folds)).with_enough_folds()

    assert np.unique(cut.folds, return_counts=True)[1].tolist() == [20] * 5


@pytest.mark.parametrize(("folds", "parts"), [(3, 3), (5, 5), (6, 3), (7, 4), (8, 4)])
def test_many_folds_are_joined_two_by_two(folds: int, parts: int) -> None:
    rows = rows_of(list(np.arange(80) % folds))

    part = rows.with_enough_folds().parts()

    assert len(np.unique(part)) == parts <= MOST_FOLDS
    pairs = {(int(f), int(p)) for f, p in zip(rows.folds, part, strict=True)}
    assert len(pairs) == folds


def test_a_sample_depends_on_the_number_of_rows_alone() -> None:
    assert sampled(5, 9).tolist() == [0, 1, 2, 3, 4]
    drawn = sampled(1000, 10)
    assert drawn.tolist() == sorted(set(drawn.tolist()))
    assert drawn.tolist() == sampled(1000, 10).tolist()


def test_parts_are_of_one_size() -> None:
    assert np.bincount(cut_into_parts(17, 5)).tolist() == [4, 4, 3, 3, 3]
