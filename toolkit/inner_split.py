"""Sets a part of the training rows aside, to decide when a model has learned enough."""

from typing import NamedTuple

import numpy as np

from toolkit.arrays import Codes, Floats

SMALL_ROWS = 5_000


class InnerSplit(NamedTuple):
    """Row positions, both sorted."""

    train: Codes
    check: Codes


def check_share(rows: int) -> float:
    """Share of rows to set aside: a fifth of a small table down to 1 % of a large one.

    Source: the holdout rule of AutoGluon.
    """
    if rows < SMALL_ROWS:
        return float(np.clip(500 / rows, 0.1, 0.2))
    return float(np.clip(2_500 / rows, 0.01, 0.1))


def inner_split(
    target: Floats | Codes, seed: int, *, is_stratified: bool
) -> InnerSplit:
    """Split rows at random, by class if stratified.

    A class with a single row stays in training. Both parts have at least one row, given
    two or more.
    """
    rows = len(target)
    share = check_share(rows)
    random = np.random.default_rng(seed)
    strata = target if is_stratified else np.zeros(rows)
    check: list[int] = []
    for value in np.unique(strata):
        members = random.permutation(np.flatnonzero(strata == value))
        taken = min(
            round(share * len(members) + random.uniform(-0.5, 0.5)), len(members) - 1
        )
        check.extend(members[: max(taken, 0)])
    if not check:
        values, counts = np.unique(strata, return_counts=True)
        check = [int(np.flatnonzero(strata == values[counts.argmax()])[-1])]
    is_check = np.zeros(rows, dtype=bool)
    is_check[check] = True
    return InnerSplit(np.flatnonzero(~is_check), np.flatnonzero(is_check))
