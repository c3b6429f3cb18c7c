"""Rank averaging: members agree on the order of rows, whatever scales they speak in.

The mean rank is brought back to the scale of the members' mean prediction by matching
quantiles, so that probabilities stay usable and a single new row has an answer.
"""

import numpy as np
import numpy.typing as npt

from schemas.ensemble import Curve, RankAverage

Floats = npt.NDArray[np.float64]

_BINARY_COLUMNS = 2
_MOST_KNOTS = 200
_FEWEST_KNOTS = 12
_KNOTS_OF_ALL_COLUMNS = 600
_LEAST_SUM = 1e-12


def fit_rank_average(predictions: Floats, weights: Floats) -> RankAverage:
    """Learn the members' ranks and the way back; no label takes part in it.

    Args:
        predictions: Out-of-fold predictions (members, rows, columns).
        weights: One per member; they sum to one.
    """
    ranked = _ranked(predictions)
    shares = np.linspace(0.0, 1.0, _knots(predictions.shape[2]))
    ranks = tuple(
        tuple(_rank_curve(column, shares) for column in member.T) for member in ranked
    )
    agreed = _mean_ranks(ranks, weights, ranked)
    mean = np.tensordot(weights, ranked, axes=1)
    values = tuple(
        _curve(np.quantile(rank, shares), np.quantile(value, shares))
        for rank, value in zip(agreed.T, mean.T, strict=True)
    )
    return RankAverage(weights=tuple(weights.tolist()), ranks=ranks, values=values)


def apply_rank_average(combination: RankAverage, predictions: Floats) -> Floats:
    """Combine predictions (members, rows, columns) into one array (rows, columns)."""
    weights = np.array(combination.weights)
    agreed = _mean_ranks(combination.ranks, weights, _ranked(predictions))
    columns = [
        np.interp(rank, curve.x, curve.y)
        for rank, curve in zip(agreed.T, combination.values, strict=True)
    ]
    answer: Floats = np.column_stack(columns)
    match predictions.shape[2]:
        case 1:
            return answer
        case 2:
            return np.column_stack([1.0 - answer, answer])
        case classes:
            total = answer.sum(axis=1, keepdims=True)
            is_empty = total < _LEAST_SUM
            return np.where(
                is_empty, 1 / classes, answer / np.where(is_empty, 1, total)
            )


def _ranked(predictions: Floats) -> Floats:
    """The columns that are ranked: of two classes only the positive one."""
    is_binary = predictions.shape[2] == _BINARY_COLUMNS
    return predictions[:, :, 1:] if is_binary else predictions


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


def _mean_ranks(
    ranks: tuple[tuple[Curve, ...], ...], weights: Floats, ranked: Floats
) -> Floats:
    """Weighted mean of the members' ranks, shape (rows, ranked columns)."""
    total = np.zeros(ranked.shape[1:])
    for curves, weight, member in zip(ranks, weights, ranked, strict=True):
        if weight == 0.0:
            continue
        for column, curve in enumerate(curves):
            total[:, column] += weight * np.interp(member[:, column], curve.x, curve.y)
    return total
