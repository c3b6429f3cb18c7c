"""Which rows a stacker is fitted to, and which it predicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.out_of_fold_rows import OutOfFoldRows
from engine.stacking import parts_of, stack_rows
from schemas.base import BlobRef
from schemas.jobs import JobLimits, StackedMember, StackJob

BLOB = BlobRef(digest="ab", size=1)
LIMITS = JobLimits(wall_seconds=1, cpu_seconds=1, memory_bytes=1, threads=1)


def rows_of(folds: int, count: int = 60) -> OutOfFoldRows:
    """Out-of-fold rows stand fold by fold."""
    return OutOfFoldRows(np.arange(count) * 2, np.sort(np.arange(count) % folds))


def job(part: int, parts: int, seed: int = 0) -> StackJob:
    return StackJob(
        candidate="s00-v1",
        part=part,
        parts=parts,
        folds=tuple(range(parts)),
        members=(StackedMember(candidate="c00-v1", predictions=(BLOB,), columns=2),),
        source=BLOB,
        seed=seed,
        limits=LIMITS,
    )


@given(folds=st.integers(2, 8), part=st.integers(0, 7), seed=st.integers(0, 9))
def test_no_stacker_is_fitted_to_a_row_that_it_predicts(
    folds: int, part: int, seed: int
) -> None:
    part %= folds
    rows = rows_of(folds)

    taken = stack_rows(job(part, folds, seed), rows)

    assert set(rows.folds[taken.scored]) == {part}
    assert part not in set(rows.folds[taken.train])
    assert sorted([*taken.train, *taken.scored]) == list(range(60))


def test_where_there_is_one_fold_its_rows_are_cut() -> None:
    rows = rows_of(1)

    scored = [stack_rows(job(part, 5), rows).scored for part in range(5)]

    assert sorted(np.concatenate(scored)) == list(range(60))
    assert {len(each) for each in scored} == {12}


@pytest.mark.parametrize("part", range(3))
def test_predictions_come_back_in_the_order_of_the_rows(part: int) -> None:
    rows = rows_of(3)
    taken = stack_rows(job(part, 3), rows)

    said = taken.in_order(taken.scored[:, None].astype(float))

    expected = np.flatnonzero(parts_of(rows, 3) == part)
    assert said[:, 0].tolist() == expected.tolist()
    # The worker sees them in an order that says nothing.
    assert taken.scored.tolist() != expected.tolist()
