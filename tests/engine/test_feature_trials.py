"""Columns that are of no use whatever the target."""

import numpy as np

from engine.feature_trials import column_faults


def test_each_fault_is_named() -> None:
    random = np.random.default_rng(0)
    good = random.normal(size=100)
    scarce = np.where(np.arange(100) < 3, good, np.nan)
    infinite = np.where(np.arange(100) < 1, np.inf, good)
    values = np.column_stack([good, np.ones(100), scarce, infinite, good])

    assert column_faults(values) == [
        None,
        "constant",
        "nearly always missing",
        "not finite",
        "duplicate",
    ]


def test_missing_values_alone_are_no_fault() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=(50, 1))
    values[:20] = np.nan

    assert column_faults(values) == [None]
