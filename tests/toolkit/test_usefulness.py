"""Usefulness of new columns against their shuffled copies."""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import f_regression

from toolkit.arrays import Codes, Floats
from toolkit.usefulness import LARGEST_F, judge

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed

SEEDS = range(10)
NEW = 10


class Planted(NamedTuple):
    """Old columns, new columns (the first is the ratio that matters), and targets."""

    old: pd.DataFrame
    new: Floats
    targets: dict[str, Floats | Codes]


def planted(seed: int, rows: int = 600) -> Planted:
    random = np.random.default_rng(seed)
    a, b = random.lognormal(size=(2, rows))
    old = pd.DataFrame({"a": a, "b": b, "c": random.normal(size=rows)})
    new = np.column_stack([a / b, random.normal(size=(rows, NEW - 1))])
    signal = np.log(a / b) + old["c"].to_numpy() + random.normal(size=rows)
    targets: dict[str, Floats | Codes] = {
        "binary": (signal > 0).astype(np.int64),
        "multiclass": np.digitize(signal, [-1, 1]),
        "regression": signal,
    }
    return Planted(old, new, targets)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_planted_ratio_nearly_always_passes_and_noise_almost_never(task: str) -> None:
    found = noise = 0
    for seed in SEEDS:
        old, new, targets = planted(seed)
        judged = judge(old, new, targets[task], task, seed, 1)
        has_passed = judged[:, 0] > judged[:, 1]
        found += has_passed[0]
        noise += has_passed[1:].sum()

    assert found >= 9
    assert noise <= 0.02 * len(SEEDS) * (NEW - 1)


def test_nothing_passes_when_there_is_nothing_to_find() -> None:
    passed = 0
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        old = pd.DataFrame({"a": random.normal(size=400)})
        new, y = random.normal(size=(400, NEW)), random.integers(0, 2, 400)
        judged = judge(old, new, y, "binary", seed, 1)
        passed += (judged[:, 0] > judged[:, 1]).sum()

    assert passed <= 0.02 * len(SEEDS) * NEW


def test_the_statistic_of_a_regression_is_scikit_learns_f() -> None:
    old, new, targets = planted(0)

    judged = judge(old, new, targets["regression"], "regression", 0, 1)

    expected, _ = f_regression(new, targets["regression"])
    np.testing.assert_allclose(judged[:, 2], expected)


def test_a_column_that_is_the_target_has_a_statistic_that_can_be_averaged() -> None:
    random = np.random.default_rng(0)
    a, b = random.integers(0, 100, size=(2, 300)).astype(np.float64)
    old = pd.DataFrame({"a": a, "b": b})

    judged = judge(old, (a - b)[:, None], a - b, "regression", 0, 1)

    assert judged[0, 2] == LARGEST_F
    assert judged[0, 0] > judged[0, 1]
    assert math.isfinite(math.fsum([judged[0, 2]] * 3))


def test_old_columns_of_any_kind_and_odd_new_ones_are_judged(
    mixed: "MakeMixed",
) -> None:
    train = mixed(200, 0)
    new = np.column_stack([np.full(200, np.nan), np.ones(200), train.signal])
    new[:5, 2] = np.inf

    judged = judge(train.table, new, train.signal, "regression", 0, 1)

    assert np.isfinite(judged).all()
    assert (judged[:, 0] > judged[:, 1]).tolist() == [False, False, True]


def test_judging_is_repeatable_and_looks_at_a_sample_only() -> None:
    random = np.random.default_rng(0)
    old = pd.DataFrame({"a": random.normal(size=6000)})
    new, y = random.normal(size=(6000, 2)), random.normal(size=6000)

    first = judge(old, new, y, "regression", 3, 1)

    np.testing.assert_array_equal(judge(old, new, y, "regression", 3, 1), first)
