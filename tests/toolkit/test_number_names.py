"""Whole numbers that name things are told apart from those that measure."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from toolkit.number_names import MOST_ROWS, NumberNames

Floats = NDArray[np.float64]
NAMES, ROWS = 200, 1_600


def shops(rows: int = ROWS, names: int = NAMES) -> tuple[Floats, Floats]:
    """Numbers of shops, and a target that each shop has its own level of."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(names, size=rows)
    levels = rng.normal(size=names)
    return numbers.astype(float), levels[numbers] + rng.normal(size=rows) / 2


def named(table: pd.DataFrame, y: Floats) -> list[str]:
    return NumberNames().fit(table, y, is_classification=False).columns


def test_numbers_whose_neighbours_are_unlike_are_names() -> None:
    numbers, y = shops()

    assert named(pd.DataFrame({"shop": numbers}), y) == ["shop"]


def test_the_target_may_be_classes() -> None:
    numbers, y = shops()
    codes = np.digitize(y, [-0.5, 0.5])

    table = pd.DataFrame({"shop": numbers, "hour": np.arange(ROWS) % 24 + 0.5})

    found = NumberNames().fit(table, codes, is_classification=True)

    assert found.columns == ["shop"]


@pytest.mark.parametrize(
    "target",
    [
        lambda age: age / 20,
        lambda age: np.sin(age / 8),
        lambda age: (age > 50) * 2.0,
    ],
    ids=["a line", "waves", "a step"],
)
def test_measures_are_no_names(target: Callable[[Floats], Floats]) -> None:
    rng = np.random.default_rng(0)
    age = rng.integers(18, 90, size=ROWS).astype(float)
    y = target(age) + rng.normal(size=ROWS) / 2

    assert named(pd.DataFrame({"age": age}), y) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_numbers_that_tell_nothing_are_no_names(seed: int) -> None:
    rng = np.random.default_rng(seed)
    numbers = rng.integers(NAMES, size=ROWS).astype(float)

    assert named(pd.DataFrame({"shop": numbers}), rng.normal(size=ROWS)) == []


def test_fractions_few_values_and_values_that_hardly_return_are_no_names() -> None:
    numbers, y = shops()
    few, y_few = shops(names=40)
    rare, y_rare = shops(names=1_500)

    assert named(pd.DataFrame({"a": numbers + 0.5}), y) == []
    assert named(pd.DataFrame({"a": few}), y_few) == []
    assert named(pd.DataFrame({"a": rare}), y_rare) == []


def test_copies_of_rows_do_not_make_a_measure_a_name() -> None:
    rng = np.random.default_rng(0)
    once = pd.DataFrame({"price": rng.integers(700, size=1_000).astype(float)})
    y = once["price"].to_numpy() / 300 + rng.normal(size=1_000)
    copied = [*range(1_000), *range(800)]

    assert named(once.iloc[copied], y[copied]) == []


def test_rows_that_repeat_by_nature_are_no_copies() -> None:
    numbers, y = shops()
    codes = np.digitize(y, [-0.5, 0.5])

    found = NumberNames().fit(
        pd.DataFrame({"shop": numbers}), codes, is_classification=True
    )

    assert found.columns == ["shop"]


def test_of_columns_that_tell_the_same_rows_apart_one_is_taken() -> None:
    numbers, y = shops()

    found = named(pd.DataFrame({"shop": numbers, "again": NAMES - numbers}), y)

    assert len(found) == 1


def test_many_rows_are_judged_by_a_share_of_the_values() -> None:
    numbers, y = shops(3 * MOST_ROWS, 5_000)

    assert named(pd.DataFrame({"shop": numbers}), y) == ["shop"]


def test_names_are_categories_beside_their_numbers() -> None:
    numbers, y = shops()
    numbers[:5] = np.nan
    table = pd.DataFrame({"shop": numbers, "shop as a name": 1.0})
    names = NumberNames().fit(table, y, is_classification=False)

    shown = names.transform(table)
    later = names.transform(pd.DataFrame({"shop": [9_999], "shop as a name": [1]}))

    assert list(shown.columns) == ["shop", "shop as a name", "shop as a name'"]
    assert shown.iloc[:, 2].dtype == "category"
    assert shown.iloc[:5, 2].isna().all()
    assert (shown.iloc[5:, 2].astype(float) == numbers[5:]).all()
    assert later.iloc[0, 2] == 9_999.0
