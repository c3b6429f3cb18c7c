"""The dip is large where values fall into groups, and small where they do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.arrays import Floats
from toolkit.dip import dip

ROWS = 400


def one_peak(name: str, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    draw = {
        "uniform": lambda: random.uniform(size=ROWS),
        "normal": lambda: random.normal(size=ROWS),
        "heavy tails": lambda: random.standard_cauchy(size=ROWS),
        "skewed": lambda: random.lognormal(size=ROWS),
    }
    return np.asarray(draw[name]())


@pytest.mark.parametrize("name", ["uniform", "normal", "heavy tails", "skewed"])
def test_a_single_peak_has_a_small_dip(name: str) -> None:
    dips = [dip(one_peak(name, seed)) for seed in range(10)]

    assert max(dips) < 0.5 / np.sqrt(ROWS)


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_separate_groups_have_a_large_dip(groups: int) -> None:
    random = np.random.default_rng(0)
    values = 10.0 * random.integers(0, groups, ROWS) + random.normal(size=ROWS)

    assert dip(values) > 0.05


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_the_dip_is_between_nothing_and_a_quarter(values: list[float]) -> None:
    assert 0.0 <= dip(np.array(values)) <= 0.25 + 1e-9


@given(
    st.lists(st.integers(-100, 100), min_size=1, max_size=40),
    st.sampled_from([-2.0, 0.5, 8.0]),
)
def test_a_shift_or_a_stretch_changes_nothing(values: list[int], by: float) -> None:
    column = np.array(values, dtype=np.float64)

    assert dip(by * column + 3) == pytest.approx(dip(column), abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((50, 50), 0.25), ((80, 20), 0.1), ((1, 99), 0.005), ((30, 30, 30), 1 / 6)],
)
def test_of_several_values_all_but_one_are_steps_that_no_peak_explains(
    counts: tuple[int, ...], expected: float
) -> None:
    # One value may be the peak, where a distribution function may jump. Another one of
    # share p is a jump of p, which a continuous function misses by half of it at least.
    values = np.repeat(np.arange(len(counts), dtype=np.float64), counts)

    assert dip(values) == pytest.approx(expected)


def test_one_value_has_no_dip() -> None:
    assert dip(np.ones(7)) == 0.0
