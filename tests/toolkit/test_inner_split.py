"""Rows set aside for early stopping."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolkit.inner_split import check_share, inner_split


@given(st.lists(st.integers(0, 4), min_size=2, max_size=80), st.integers(0, 9))
def test_both_parts_share_out_all_rows_and_training_keeps_every_class(
    labels: list[int], seed: int
) -> None:
    target = np.array(labels)

    train, check = inner_split(target, seed, is_stratified=True)

    assert sorted([*train, *check]) == list(range(len(target)))
    assert len(check) > 0
    if len(set(labels)) < len(labels):
        assert set(target[train]) == set(labels)


def test_the_share_falls_from_a_fifth_to_a_hundredth() -> None:
    assert check_share(500) == 0.2
    assert check_share(4_000) == 0.125
    assert check_share(1_000_000) == 0.01


def test_the_same_seed_gives_the_same_split() -> None:
    target = np.arange(100.0)

    first = inner_split(target, 3, is_stratified=False)
    again = inner_split(target, 3, is_stratified=False)

    assert first.check.tolist() == again.check.tolist()
    assert len(first.check) in {20, 21}
