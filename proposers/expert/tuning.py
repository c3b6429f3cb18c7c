"""Chooses hyperparameters to try next around the best ones, from what was tried so far.

Sobol points (scipy.stats.qmc) are spread around the best version, in a box that narrows
from round to round; every fourth round spreads them over the whole ranges. Of these points
the one is taken that looks most like the better and least like the worse versions: the
ratio of two Parzen estimators (Bergstra et al. 2011).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proposers.base import SourceStore
from proposers.expert.sources import (
    Parameters,
    Setting,
    read_parameters,
    replace_parameters,
)
from proposers.expert.spaces import SPACES, Range
from schemas.asks import TriedVersion, TuneAsk

Floats = NDArray[np.float64]

POINTS = 16
WIDEST_BOX = 0.5
NARROWEST_BOX = 0.12
NARROWING = 0.85
WIDE_ROUND = 4
"""Every fourth round looks everywhere."""
GOOD_SHARE = 0.34
BANDWIDTH = 0.2


class Tried(NamedTuple):
    """Versions in coordinates: one row each, with whether it is among the good ones."""

    places: Floats
    is_good: NDArray[np.bool_]


def tuned_source(
    ask: TuneAsk, sources: SourceStore, seed: int, sign: float
) -> str | None:
    """Source of the best version with other hyperparameters.

    Args:
        ask: The best version and what was tried.
        sources: Where sources are read.
        seed: Seed of the run.
        sign: 1 if greater scores are better, else -1.

    Returns:
        The new source, or None if nothing is left to tune.
    """
    source = sources.read_text(ask.source)
    found = read_parameters(source)
    if found is None:
        return None
    space = {
        name: bounds
        for name, bounds in SPACES.get(ask.family, {}).items()
        if name in found.parameters
    }
    if not space:
        return None
    known = [
        (parameters, version.score)
        for version in ask.history
        if (parameters := _parameters(version, sources)) is not None
    ]
    tried = [dict(parameters) for parameters, _ in known] + [found.parameters]
    for place in _ranked_points(ask.round, space, found.parameters, known, seed, sign):
        moved = dict(found.parameters)
        for (name, bounds), coordinate in zip(space.items(), place, strict=True):
            moved[name] = bounds.value(float(coordinate))
        if moved not in tried:
            return replace_parameters(source, found, moved)
    return None


def _parameters(version: TriedVersion, sources: SourceStore) -> Parameters | None:
    found = read_parameters(sources.read_text(version.source))
    return None if found is None else found.parameters


def _ranked_points(
    number: int,
    space: Mapping[str, Range],
    best: Mapping[str, Setting],
    known: Sequence[tuple[Parameters, float]],
    seed: int,
    sign: float,
) -> Floats:
    """Points to try in this round, the most promising first."""
    points = _sobol(len(space), seed, (number - 1) * POINTS)
    if number % WIDE_ROUND:
        box = max(NARROWEST_BOX, WIDEST_BOX * NARROWING ** (number - 1))
        centre = _places(space, best)
        points = _reflected(centre + box * (2 * points - 1))
    tried = _tried(space, known, sign)
    if tried is None:
        return points
    good = _density(points, tried.places[tried.is_good])
    poor = _density(points, tried.places[~tried.is_good])
    ranked: Floats = points[np.argsort(-(good / poor), kind="stable")]
    return ranked


def _tried(
    space: Mapping[str, Range],
    known: Sequence[tuple[Parameters, float]],
    sign: float,
) -> Tried | None:
    """What was tried; None if there is too little to tell good from poor."""
    usable = [(p, score) for p, score in known if set(space) <= set(p)]
    utilities = np.array([sign * score for _, score in usable])
    count = round(GOOD_SHARE * len(usable))
    if count == 0 or np.isnan(utilities).any():
        return None
    is_good = np.zeros(len(usable), dtype=bool)
    is_good[np.argsort(-utilities, kind="stable")[:count]] = True
    return Tried(np.array([_places(space, p) for p, _ in usable]), is_good)


def _places(space: Mapping[str, Range], parameters: Parameters) -> Floats:
    return np.array([bounds.place(parameters[name]) for name, bounds in space.items()])


def _density(points: Floats, centres: Floats) -> Floats:
    """Parzen estimate at each point, with some mass everywhere."""
    distance = ((points[:, None] - centres) ** 2).sum(axis=2)
    kernels: Floats = np.exp(-distance / (2 * BANDWIDTH**2 * points.shape[1]))
    density: Floats = 1.0 / (1 + len(centres)) + kernels.sum(axis=1)
    return density


def _reflected(places: Floats) -> Floats:
    """Fold what fell out of the ranges back into them."""
    folded: Floats = 1 - np.abs(1 - np.abs(places))
    return folded


def _sobol(dimensions: int, seed: int, skipped: int) -> Floats:
    # Loading scipy.stats takes longer than many a fit, and short runs never tune.
    from scipy.stats import qmc  # noqa: PLC0415

    sampler = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    if skipped:
        sampler.fast_forward(skipped)
    points: Floats = sampler.random(POINTS)
    return points
