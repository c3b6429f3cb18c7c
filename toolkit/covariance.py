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
        matrix = self.bends(rows, others)
        matrix += self.slope * lines(rows, others)
        return matrix

    def bends(self, rows: Floats, others: Floats) -> Floats:
        """The part of it that is no straight line, shape (rows, others)."""
        squares = squared_distances(rows / self.lengths, others / self.lengths)
        bends = correlation(self.roughness, squares)
        bends *= self.height
        return bends


def lines(rows: Floats, others: Floats) -> Floats:
    """Covariance of straight lines through 0, shape (rows, others)."""
    product: Floats = rows @ others.T / rows.shape[1]
    return product


def squared_distances(rows: Floats, others: Floats) -> Floats:
    """Squared distances of all pairs, shape (rows, others)."""
    squares: Floats = -2 * rows @ others.T
    squares += np.square(rows).sum(axis=1)[:, None]
    squares += np.square(others).sum(axis=1)
    return np.maximum(squares, 0.0, out=squares)


def correlation(roughness: Roughness, squares: Floats) -> Floats:
    """What squared distances, in lengths, mean for the correlation."""
    match roughness:
        case "smooth":
            return likeness(roughness, squares).correlation
        case "rough":
            fading = np.sqrt(squares)
            np.negative(fading, out=fading)
            return np.exp(fading, out=fading)


def likeness(roughness: Roughness, squares: Floats) -> Likeness:
    """The correlation, and which way it goes."""
    distances = np.sqrt(squares)
    match roughness:
        case "smooth":
            # (1 + d + d²/3) exp(-d) with d = √5 distances; the first two terms pull.
            distances *= math.sqrt(5)
            fading = np.exp(-distances)
            pull = (1.0 + distances) * fading
            fading *= 5 / 3 * squares
            fading += pull
            pull *= 5 / 3
            return Likeness(fading, pull)
        case "rough":
            fading = np.exp(-distances)
            return Likeness(fading, fading / np.maximum(distances, NEAREST))
