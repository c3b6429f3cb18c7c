"""Neighbours of a candidate: the same kind of model with one or two settings moved."""

import random
from collections.abc import Callable
from typing import NamedTuple

from proposers.expert.sources import (
    Found,
    Setting,
    read_parameters,
    replace_parameters,
)

Move = Callable[[Setting, random.Random], Setting]
MOVES_AT_ONCE = 2


class Neighbor(NamedTuple):
    """A moved candidate and what was moved."""

    source: str
    change: str


def scaled(*factors: float, low: float, high: float) -> Move:
    """Multiply a positive number, or each of several, by one of the factors, within bounds."""

    def within(number: float) -> float:
        return float(f"{min(max(number, low), high):.3g}")

    def move(value: Setting, chance: random.Random) -> Setting:
        factor = chance.choice(factors)
        match value:
            case bool() | str() | None:
                return within(low * factor)
            case int():
                return max(1, round(within(value * factor)))
            case float():
                return within(value * factor)
            case tuple():
                return tuple(within(number * factor) for number in value)

    return move


def _choice(*values: Setting) -> Move:
    """Take another one of the values."""

    def move(value: Setting, chance: random.Random) -> Setting:
        return chance.choice([other for other in values if other != value])

    return move


_PENALTIES = (
    (0.01, 0.1, 1.0),
    (0.1, 1.0, 10.0, 100.0),
    (10.0, 100.0, 1000.0),
    (0.3, 3.0, 30.0, 300.0),
)
_SCALINGS = ("standard", "robust", "quantile")

MOVES: dict[str, dict[str, Move]] = {
    "linear": {
        "penalties": _choice(*_PENALTIES),
        "scaling": _choice(*_SCALINGS),
        "bins": _choice(8, 16, 32),
    },
    "lightgbm": {
        "num_leaves": scaled(0.4, 0.6, 1.6, 2.5, low=2, high=256),
        "learning_rate": scaled(0.5, 0.7, 1.4, low=0.005, high=0.2),
        "feature_fraction": _choice(0.3, 0.45, 0.6, 0.8, 1.0),
        "bagging_fraction": _choice(0.6, 0.75, 0.9),
        "min_data_in_leaf": scaled(0.3, 0.5, 2.0, 4.0, low=1, high=100),
        "lambda_l2": scaled(0.1, 0.3, 3.0, 10.0, low=1e-3, high=30.0),
        "extra_trees": _choice(True, False),
    },
    "catboost": {
        "depth": _choice(4, 5, 6, 7, 8),
        "learning_rate": scaled(0.5, 0.7, 1.4, low=0.01, high=0.2),
        "l2_leaf_reg": scaled(0.1, 0.3, 3.0, 10.0, low=1e-3, high=30.0),
        "random_strength": _choice(0.3, 1.0, 2.0),
    },
    "xgboost": {
        "max_depth": _choice(3, 4, 6, 8, 10),
        "learning_rate": scaled(0.5, 0.7, 1.4, low=0.01, high=0.2),
        "reg_lambda": scaled(0.1, 0.3, 3.0, 10.0, low=1e-3, high=30.0),
        "colsample_bynode": _choice(0.6, 0.8, 1.0),
    },
    "ebm": {
        "interactions": _choice(0, 5, 10, 20),
        "max_bins": _choice(64, 256, 1024),
    },
    "extra_trees": {
        "max_features": _choice("sqrt", 0.5, 0.75, 1.0),
        "min_samples_leaf": _choice(1, 2, 4, 8),
    },
    "mlp": {
        "width": scaled(0.5, 0.7, 1.5, 2.0, low=32, high=256),
        "layers": _choice(2, 3, 4),
        "dropout": _choice(0.0, 0.1, 0.2, 0.35),
        "decay": scaled(0.3, 3.0, low=1e-3, high=0.2),
        "rate_factor": scaled(0.5, 0.7, 1.4, 2.0, low=0.2, high=4.0),
        "bins": _choice(6, 12, 24, 48),
    },
    "gaussian_process": {
        "roughness": _choice("smooth", "rough"),
        "rows": scaled(0.5, 1.5, 2.0, low=100, high=1_600),
        "spread": scaled(0.5, 2.0, low=0.1, high=2.0),
        "scaling": _choice(*_SCALINGS),
    },
    "neighbors": {
        "neighbors": scaled(0.4, 0.6, 1.7, 2.5, low=3, high=500),
        "scaling": _choice(*_SCALINGS),
    },
    "kmeans": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
    },
    "gaussian_mixture": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
        "covariance": _choice("full", "tied", "diag"),
    },
    "hierarchical": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
        "linkage": _choice("ward", "average", "complete"),
    },
    "spectral": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
        "neighbors": _choice(5, 7, 10, 15, 20, 30),
    },
    "genie": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
        "inequality": _choice(0.1, 0.2, 0.3, 0.5, 0.7),
    },
    "medoids": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
    },
    "density": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
        "smallest": _choice(0.01, 0.02, 0.05, 0.1),
    },
    "birch": {
        "scaling": _choice(*_SCALINGS),
        "components": _choice(None, 0.9, 0.7, 2),
    },
}


def neighbor(source: str, family: str, chance: random.Random) -> Neighbor | None:
    """Move one or two settings of a source that carries its `PARAMETERS`.

    Returns:
        The moved candidate, or None if the family or the source offers no move.
    """
    found = read_parameters(source)
    moves = MOVES.get(family, {})
    if found is None:
        return None
    return moved_source(source, found, moves, MOVES_AT_ONCE, chance)


def moved_source(
    source: str,
    found: Found,
    moves: dict[str, Move],
    most: int,
    chance: random.Random,
) -> Neighbor | None:
    """Make some of the moves.

    Args:
        source: The source to change.
        found: Its parameters.
        moves: Moves by the parameter that they change.
        most: At most so many are made at once.
        chance: Draws which ones, and how far.

    Returns:
        The moved candidate, or None if no move changes anything.
    """
    movable = [name for name in moves if name in found.parameters]
    if not movable:
        return None
    count = min(chance.randint(1, most), len(movable))
    moved = dict(found.parameters)
    for name in sorted(chance.sample(movable, count)):
        moved[name] = moves[name](moved[name], chance)
    changed = [name for name in moved if moved[name] != found.parameters[name]]
    if not changed:
        return None
    change = ", ".join(f"{name} {moved[name]}" for name in changed)
    return Neighbor(replace_parameters(source, found, moved), change)
