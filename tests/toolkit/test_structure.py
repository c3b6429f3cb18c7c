"""Columns are of use for clustering if they bring out groups."""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from toolkit.arrays import Floats
from toolkit.structure import structure

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed

ROWS = 300
FEW_SEEDS = range(4)
MANY_SEEDS = range(4, 14)


def has_passed(measured: Floats) -> list[bool]:
    return [bool(column[0] > column[1]) for column in measured]


def check_planted(seed: int) -> None:
    """Three groups that only a ratio shows."""
    random = np.random.default_rng(seed)
    size = random.lognormal(0, 0.5, ROWS)
    group = np.array([0.5, 1.0, 2.0])[random.integers(0, 3, ROWS)]
    width = size * group * random.lognormal(0, 0.1, ROWS)
    old = pd.DataFrame({"width": width, "size": size, "w": random.normal(size=ROWS)})
    new = np.column_stack([width / size, width - size, width * size])

    assert has_passed(structure(old, new, seed)) == [True, False, False]


def noise_passes(seed: int) -> bool:
    values = np.random.default_rng(seed).normal(size=(ROWS, 5))
    new = np.column_stack(
        [
            operation(values[:, i], values[:, j])
            for i, j in combinations(range(5), 2)
            for operation in (np.divide, np.subtract, np.multiply)
        ]
    )
    return any(
        has_passed(structure(pd.DataFrame(values, columns=list("abcde")), new, seed))
    )


@pytest.mark.parametrize("seed", FEW_SEEDS)
def test_a_ratio_that_shows_groups_passes_and_others_do_not(seed: int) -> None:
    check_planted(seed)


def test_nothing_made_of_noise_passes() -> None:
    assert not noise_passes(FEW_SEEDS[0])


@pytest.mark.deep
def test_planted_groups_are_found_and_noise_is_not_in_nine_of_ten() -> None:
    found = 0
    for seed in MANY_SEEDS:
        try:
            check_planted(seed)
        except AssertionError:
            continue
        found += 1

    assert found >= 9
    assert sum(noise_passes(seed) for seed in MANY_SEEDS) <= 1


def test_groups_that_the_table_shows_already_are_nothing_new() -> None:
    random = np.random.default_rng(0)
    grouped = 10.0 * random.integers(0, 2, ROWS) + random.normal(size=ROWS)
    old = pd.DataFrame({"a": grouped})

    measured = structure(old, grouped[:, None] + random.normal(size=(ROWS, 1)), 0)

    assert has_passed(measured) == [False]


@pytest.mark.parametrize("seed", FEW_SEEDS)
def test_a_column_that_names_groups_passes_and_other_flags_and_counts_do_not(
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    group = random.integers(0, 3, ROWS)
    # Three stripes that only a difference shows.
    a = random.uniform(-9, 9, ROWS)
    b = a + 6 * group + random.normal(0, 0.3, ROWS)
    old = pd.DataFrame({"a": a, "b": b})
    new = np.column_stack(
        [
            group,
            group == 1,
            a > np.median(a),
            a > b.mean(),
            random.integers(0, 2, ROWS),
            random.integers(0, 7, ROWS),
            random.poisson(3, ROWS),
            a.round(),
        ]
    ).astype(np.float64)

    assert has_passed(structure(old, new, seed)) == [True, True, *[False] * 6]


@pytest.mark.parametrize("seed", FEW_SEEDS)
def test_no_flag_of_a_table_without_groups_passes(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(ROWS, 3))
    x, y, z = values.T
    labels = KMeans(3, n_init=3, random_state=seed).fit_predict(values)
    flags = [x > 0, x > y, x + y + z > 1, x * y > 0, labels, np.digitize(z, [-1, 1])]
    new = np.column_stack(flags).astype(np.float64)

    measured = structure(pd.DataFrame(values, columns=list("xyz")), new, seed)

    assert has_passed(measured) == [False] * 6


def test_a_flag_of_the_table_does_not_hide_the_peaks_of_a_new_column() -> None:
    random = np.random.default_rng(0)
    old = pd.DataFrame({"flag": random.integers(0, 2, ROWS).astype(np.float64)})
    peaks = 10.0 * random.integers(0, 2, ROWS) + random.normal(size=ROWS)

    assert has_passed(structure(old, peaks[:, None], 0)) == [True]


def test_smoothness_tells_a_function_of_old_columns_from_chance() -> None:
    random = np.random.default_rng(0)
    old = pd.DataFrame(random.normal(size=(ROWS, 2)), columns=["a", "b"])
    new = np.column_stack([old["a"] + old["b"], random.normal(size=ROWS)])

    smooth, rough = structure(old, new, 0)[:, 2]

    assert smooth > 0.8
    assert rough < 0.2


def test_columns_of_any_kind_and_odd_new_ones_are_measured(mixed: "MakeMixed") -> None:
    train = mixed(100, 0)
    new = np.column_stack([np.full(100, np.nan), np.ones(100), train.signal])

    measured = structure(train.table, new, 0)

    assert np.isfinite(measured).all()
    assert measured[:2, 0].tolist() == [0.0, 0.0]
    assert measured[:2, 2].tolist() == [0.0, 0.0]


def test_very_few_rows_have_no_neighbours() -> None:
    old = pd.DataFrame({"a": [1.0, 2.0, 3.0]})

    assert structure(old, np.array([[1.0], [2.0], [4.0]]), 0)[0, 2] == 0.0
