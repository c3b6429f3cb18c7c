"""Rank averaging: members agree on the order of rows, whatever scales they speak in.

The mean rank is brought back to the scale of the members' mean prediction by matching
quantiles, so that probabilities stay usable and a single new row has an answer.
"""

import numpy as np
import numpy.typing as npt

from schemas.ensemble import Curve, RankAverage
from tabular.applying import mean_ranks, ranked_columns

Floats = npt.NDArray[np.float64]

_MOST_KNOTS = 200
_FEWEST_KNOTS = 12
_KNOTS_OF_ALL_COLUMNS = 600


def fit_rank_average(predictions: Floats, weights: Floats) -> RankAverage:
    """Learn the members' ranks and the way back; no label takes part in it.

    Args:
        predictions: Out-of-fold predictions (members, rows, columns).
        weights: One per member; they sum to one.
    """
    ranked = ranked_columns(predictions)
    shares = np.linspace(0.0, 1.0, _knots(predictions.shape[2]))
    ranks = tuple(
        tuple(_rank_curve(column, shares) for column in member.T) for member in ranked
    )
    agreed = mean_ranks(ranks, weights, ranked)
    mean = np.tensordot(weights, ranked, axes=1)
    values = tuple(
        _curve(np.quantile(rank, shares), np.quantile(value, shares))
        for rank, value in zip(agreed.T, mean.T, strict=True)
    )
    return RankAverage(weights=tuple(weights.tolist()), ranks=ranks, values=values)


def _knots(columns: int) -> int:
    """Fewer for many classes: every knot of every member stands in the journal."""
    return int(np.clip(_KNOTS_OF_ALL_COLUMNS // columns, _FEWEST_KNOTS, _MOST_KNOTS))


def _rank_curve(values: Floats, shares: Floats) -> Curve:
    return _curve(np.quantile(values, shares), shares)


def _curve(x: Floats, y: Floats) -> Curve:
    """Knots where x is repeated become one, at the mean of their values."""
    distinct, place = np.unique(x, return_inverse=True)
    mean = np.bincount(place, weights=y) / np.bincount(place)
    return Curve(x=tuple(distinct.tolist()), y=tuple(mean.tolist()))
