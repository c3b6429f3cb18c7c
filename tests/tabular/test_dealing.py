"""Dealing: shares are kept in every stratum, bundles stay whole."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.dealing import bundle_rows, deal

Integers = npt.NDArray[np.int64]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_bundles_join_exactly_what_is_tied(ids: list[tuple[int, int]]) -> None:
    first, second = np.array(ids).T

    bundles = bundle_rows(len(ids), first, None, second)

    for tie in (first, second):
        for value in np.unique(tie):
            assert len(set(bundles[tie == value])) == 1
    assert set(bundles) == set(range(bundles.max() + 1))
    # Joined rows are linked by a chain: no bundle can be cut along both ties.
    for bundle in np.unique(bundles):
        rows = np.flatnonzero(bundles == bundle)
        reached = {int(rows[0])}
        grown = True
        while grown:
            more = {
                int(r)
                for r in rows
                if any(first[r] == first[q] or second[r] == second[q] for q in reached)
            }
            grown = not more <= reached
            reached |= more
        assert reached == set(rows.tolist())


@given(
    strata=st.lists(st.integers(0, 4), min_size=10, max_size=200),
    folds=st.integers(2, 8),
    seed=st.integers(0, 99),
)
def test_single_rows_are_dealt_evenly(strata: list[int], folds: int, seed: int) -> None:
    codes = np.unique(strata, return_inverse=True)[1]
    shares = np.full(folds, 1 / folds)

    parts = deal(codes, np.arange(len(codes)), shares, np.random.default_rng(seed))

    for stratum in np.unique(codes):
        counts = np.bincount(parts[codes == stratum], minlength=folds)
        assert counts.max() - counts.min() <= 1
    totals = np.bincount(parts, minlength=folds)
    assert totals.max() - totals.min() <= 1


@given(st.integers(0, 50))
def test_large_bundles_stay_whole_and_parts_stay_balanced(seed: int) -> None:
    random = np.random.default_rng(seed)
    bundles = np.unique(random.integers(0, 60, 300), return_inverse=True)[1]
    strata = random.integers(0, 3, 300)

    parts = deal(strata, bundles, np.full(5, 0.2), random)

    assert all(len(set(parts[bundles == b])) == 1 for b in np.unique(bundles))
    totals = np.bincount(parts, minlength=5)
    assert totals.min() > 40
    assert totals.max() < 80


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_unequal_shares_are_kept(share: float) -> None:
    strata = np.repeat([0, 1, 2], [500, 200, 50])
    random = np.random.default_rng(0)

    parts = deal(strata, np.arange(750), np.array([1 - share, share]), random)

    for stratum, size in enumerate([500, 200, 50]):
        assert np.sum(parts[strata == stratum]) == pytest.approx(share * size, abs=1)
