"""Tables with known clusters, of many shapes, and tables without any; seeds are fixed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import make_circles, make_moons

ROWS = 300
Random = np.random.Generator


class Labelled(NamedTuple):
    """A table and the cluster of each row."""

    table: pd.DataFrame
    truth: NDArray[np.int64]


def _named(values: NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=[f"x{i}" for i in range(values.shape[1])])


def blobs(random: Random) -> Labelled:
    """Four round clusters of unequal size and density."""
    truth = random.choice(4, ROWS, p=[0.45, 0.3, 0.15, 0.1])
    centres = np.array([[0, 0, 0], [5, 0, 1], [0, 5, -1], [5, 5, 3]], dtype=float)
    spreads = np.array([1.3, 0.9, 0.6, 0.4])
    values = centres[truth] + spreads[truth, None] * random.normal(size=(ROWS, 3))
    return Labelled(_named(values), truth)


def moons(random: Random) -> Labelled:
    """Two half circles that reach into each other."""
    values, truth = make_moons(
        ROWS, noise=0.07, random_state=int(random.integers(2**31))
    )
    return Labelled(_named(values), truth.astype(np.int64))


def circles(random: Random) -> Labelled:
    """A ring inside a ring."""
    values, truth = make_circles(
        ROWS, noise=0.05, factor=0.45, random_state=int(random.integers(2**31))
    )
    return Labelled(_named(values), truth.astype(np.int64))


def anisotropic(random: Random) -> Labelled:
    """Three parallel ellipses."""
    truth = random.integers(3, size=ROWS)
    centres = np.array([[-6.0, 6.0], [0.0, 0.0], [7.0, -6.0]])
    values = centres[truth] + 1.4 * random.normal(size=(ROWS, 2))
    return Labelled(_named(values @ np.array([[0.6, -0.6], [-0.4, 0.8]])), truth)


def high_dimensional(random: Random) -> Labelled:
    """Five clusters in 40 columns, of which 15 tell nothing."""
    truth = random.integers(5, size=ROWS)
    centres = 1.3 * random.normal(size=(5, 25))
    values = centres[truth] + random.normal(size=(ROWS, 25))
    return Labelled(_named(np.hstack([values, random.normal(size=(ROWS, 15))])), truth)


def mixed(random: Random) -> Labelled:
    """Three clusters that numbers and categories tell apart together."""
    truth = random.integers(3, size=ROWS)
    centres = np.array([[0, 0, 0], [2.2, 0, 1.5], [0, 2.4, -1.5]], dtype=float)
    table = _named(centres[truth] + random.normal(size=(ROWS, 3)))
    for column in range(3):
        chances = 0.1 + 0.7 * np.eye(3)[:, np.roll(range(3), column)]
        levels = [
            random.choice(3, p=chances[own] / chances[own].sum()) for own in truth
        ]
        table[f"c{column}"] = [f"level {level}" for level in levels]
    return Labelled(table, truth)


SHAPES: dict[str, Callable[[Random], Labelled]] = {
    "blobs": blobs,
    "moons": moons,
    "circles": circles,
    "anisotropic": anisotropic,
    "high_dimensional": high_dimensional,
    "mixed": mixed,
}


def shape(name: str, seed: int) -> Labelled:
    """One table; the same name and seed always give the same."""
    return SHAPES[name](np.random.default_rng([seed, *name.encode()]))


def noise(seed: int) -> pd.DataFrame:
    """Uniform noise in five columns: there are no clusters."""
    return _named(np.random.default_rng([seed, 5]).uniform(size=(ROWS, 5)))
