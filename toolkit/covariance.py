"""How alike rows are to a Gaussian process."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from toolkit.arrays import Floats

Roughness = Literal["smooth", "rough"]
"""Curves with two derivatives (Matérn 5/2), or without any (Matérn 1/2)."""
NEAREST = 1e-3
"""Distances below it count as this much where a slope is infinite at 0."""


class Likeness(NamedTuple):
    """Of each row and each other row, shape (rows, others).

    Attributes:
        correlation: 1 for the same row, towards 0 far away.
        pull: How much it grows with the logarithm of a column's length, for each square
            of the distance along that column, in lengths.
    """

    correlation: Floats
    pull: Floats


@dataclass(frozen=True, slots=True)
class Covariance:
    """A Matérn covariance with a length for each column, beside a linear one.

    Source: Rasmussen and Williams, "Gaussian processes for machine learning", 2006,
    sections 4.2 and 5.1.

    Attributes:
        roughness: How smoothly targets follow the columns.
        height: Variance of bends.
        slope: Variance of straight lines.
        noise: Variance of each target by itself.
        lengths: How far rows may be apart along each column and still be alike, shape
            (columns,).
    """

    roughness: Roughness
    height: float
    slope: float
    noise: float
    lengths: Floats

    def between(self, rows: Floats, others: Floats) -> Floats:
        """Covariance of rows with other rows, without noise, shape (rows, others)."""
        squares = squared_distances(rows / self.lengths, others / self.lengths)
        bends = likeness(self.roughness, squares).correlation
        return self.height * bends + self.slope * lines(rows, others)


def lines(rows: Floats, others: Floats) -> Floats:
    """Covariance of straight lines through 0, shape (rows, others)."""
    product: Floats = rows @ others.T / rows.shape[1]
    return product


def squared_distances(rows: Floats, others: Floats) -> Floats:
    """Squared distances of all pairs, shape (rows, others)."""
    lengths = np.square(rows).sum(axis=1)[:, None] + np.square(others).sum(axis=1)
    squares: Floats = lengths - 2 * rows @ others.T
    return np.maximum(squares, 0.0, out=squares)


def likeness(roughness: Roughness, squares: Floats) -> Likeness:
    """What squared distances, in lengths, mean for the correlation."""
    distances = np.sqrt(squares)
    match roughness:
        case "smooth":
            distances *= math.sqrt(5)
            fading = np.exp(-distances)
            pull = 5 / 3 * (1 + distances) * fading
            return Likeness(pull * 3 / 5 + 5 / 3 * squares * fading, pull)
        case "rough":
            fading = np.exp(-distances)
            return Likeness(fading, fading / np.maximum(distances, NEAREST))
