"""How sure an ensemble is: conformal intervals and sets, held against folds unknown to them."""

import numpy as np
import numpy.typing as npt

from schemas.diagnostics import Certainty, Line
from tabular.conformal import (
    Booleans,
    Floats,
    conformal_band,
    conformal_sets,
    conformal_threshold,
)
from tabular.out_of_fold import PARTS_OF_ONE_FOLD, cut_into_parts

Array = npt.NDArray[np.generic]
Integers = npt.NDArray[np.int64]

LEVELS = (0.5, 0.8, 0.9, 0.95)
SHOWN_LEVEL = 0.9
FEWEST_ROWS = 40
"""With fewer rows, the largest error of all decides about intervals."""
BAND_POINTS = 60
DIGITS = 6


def certainty_of_values(
    truth: Floats, said: Floats, folds: Integers
) -> tuple[Certainty, ...]:
    """Widths of intervals by level, and how many true values they hold.

    Args:
        truth: True values, shape (rows,).
        said: What was predicted of rows that had not been seen, shape (rows,).
        folds: Fold of each row.
    """
    return tuple(_of_values(truth, said, folds, level) for level in _levels(len(truth)))


def certainty_of_classes(
    truth: Integers, said: Floats, folds: Integers
) -> tuple[Certainty, ...]:
    """Sizes of sets of classes by level, and how many true classes they hold.

    Args:
        truth: Class codes, shape (rows,).
        said: Probabilities of rows that had not been seen, shape (rows, classes).
        folds: Fold of each row.
    """
    return tuple(
        _of_classes(truth, said, folds, level) for level in _levels(len(truth))
    )


def interval_lines(truth: Floats, said: Floats) -> tuple[Line, Line] | None:
    """Lower and upper ends of intervals at `SHOWN_LEVEL` over predicted values.

    None where there are too few rows.
    """
    if len(truth) < FEWEST_ROWS:
        return None
    band = conformal_band(truth, said, SHOWN_LEVEL)
    values = np.linspace(said.min(), said.max(), BAND_POINTS)
    lower, upper = band.intervals(values).T
    return _line(values, lower), _line(values, upper)


def _levels(rows: int) -> tuple[float, ...]:
    return LEVELS if rows >= FEWEST_ROWS else ()


def _of_values(truth: Floats, said: Floats, folds: Integers, level: float) -> Certainty:
    bounds = np.empty((len(truth), 2))
    for own in _parts(folds):
        band = conformal_band(truth[~own], said[~own], level)
        bounds[own] = band.intervals(said[own])
    lower, upper = bounds.T
    is_held = (truth >= lower) & (truth <= upper)
    return _rounded(level, is_held, float(np.median(upper - lower)))


def _of_classes(
    truth: Integers, said: Floats, folds: Integers, level: float
) -> Certainty:
    members = np.zeros(said.shape, dtype=np.bool_)
    for own in _parts(folds):
        threshold = conformal_threshold(truth[~own], said[~own], level)
        members[own] = conformal_sets(said[own], threshold)
    is_held = members[np.arange(len(truth)), truth]
    return _rounded(level, is_held, float(members.sum(axis=1).mean()))


def _parts(folds: Integers) -> list[Booleans]:
    """Which rows are judged together by the errors of all others."""
    if len(np.unique(folds)) == 1:
        folds = cut_into_parts(len(folds), PARTS_OF_ONE_FOLD)
    return [folds == fold for fold in np.unique(folds)]


def _rounded(level: float, is_held: Booleans, size: float) -> Certainty:
    held = round(float(is_held.mean()), DIGITS)
    return Certainty(level=level, held=held, size=float(f"{size:.{DIGITS}g}"))


def _line(x: Floats, y: Floats) -> Line:
    return Line(
        x=tuple(float(f"{value:.{DIGITS}g}") for value in x),
        y=tuple(float(f"{value:.{DIGITS}g}") for value in y),
    )
