"""Tries whether code gives a row the same values whatever else it is given (in the worker)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from executors.applied_views import Features, isolated, new_columns
from executors.errors import ContractError
from executors.seeding import seed_everything

CHECKED_ROWS = 200
FEWEST_ROWS = 10
SINGLE_ROWS = 3
FITTED_SHARE = 0.5
RELATIVE_TOLERANCE = 1e-6
PREDICTION_TOLERANCE = 1e-3


def check_steady_features(
    program: type[Features],
    train: pd.DataFrame,
    target: "pd.Series[float] | None",
    seed: int,
) -> None:
    """Fit a feature program on some rows and let it transform others in several ways.

    Args:
        program: The program.
        train: Training rows, of which 200 at most are looked at.
        target: Their targets, if there are any.
        seed: Seed of the sample and of the program's own random numbers.

    Raises:
        ContractError: The values of a row change with the rows beside it, with their
            order, or from one fit to the next.
    """
    chosen = np.random.default_rng(seed).permutation(len(train))[:CHECKED_ROWS]
    if len(chosen) < FEWEST_ROWS:
        return
    cut = int(FITTED_SHARE * len(chosen))
    inside, outside = np.sort(chosen[:cut]), np.sort(chosen[cut:])
    rows = train.iloc[outside].reset_index(drop=True)
    features = _fitted(program, train, target, inside, seed)
    whole = new_columns(features, rows)
    again = _fitted(program, train, target, inside, seed)
    _compare(whole, new_columns(again, rows), "from one fit to the next")
    for places in _choices(len(rows), seed):
        part = new_columns(features, rows.iloc[places].reset_index(drop=True))
        expected = whole.iloc[places].reset_index(drop=True)
        _compare(expected, part, "with the other rows")
    seed_everything(seed)


def _fitted(
    program: type[Features],
    train: pd.DataFrame,
    target: "pd.Series[float] | None",
    places: NDArray[np.int64],
    seed: int,
) -> Features:
    rows = train.iloc[places].reset_index(drop=True)
    seed_everything(seed)
    features = program()
    if target is None or not getattr(program, "needs_y", False):
        features.fit(isolated(rows))
    else:
        features.fit(isolated(rows), target.iloc[places].reset_index(drop=True))
    return features


def _choices(rows: int, seed: int) -> list[NDArray[np.int64]]:
    """Every second row, all rows in another order, and a few rows alone."""
    order = np.random.default_rng(seed + 1).permutation(rows)
    alone = [order[place : place + 1] for place in range(min(SINGLE_ROWS, rows))]
    return [np.arange(0, rows, 2), order, *alone]


def _compare(expected: pd.DataFrame, made: pd.DataFrame, when: str) -> None:
    if list(expected.columns) != list(made.columns):
        raise ContractError(f"transform makes other columns {when}")
    for name in expected.columns:
        is_same = np.allclose(
            expected[name],
            made[name],
            rtol=RELATIVE_TOLERANCE,
            atol=1e-9,
            equal_nan=True,
        )
        if not is_same:
            raise ContractError(f"transform changes {when}: column {name!r}")


def check_seeded(first: NDArray[np.float64], second: NDArray[np.float64]) -> None:
    """Compare predictions of two fits with the same seed on the same rows.

    Raises:
        ContractError: They differ by more than the order of a sum could explain.
    """
    spread = max(float(np.abs(first).max(initial=0.0)), 1e-9)
    if first.shape != second.shape or (
        np.abs(first - second).max(initial=0.0) > PREDICTION_TOLERANCE * spread
    ):
        raise ContractError(
            "predictions change from one fit to the next with the same seed"
        )
