"""How the members' predictions become one, with numpy alone.

Exported predictors run this very file, so it imports no schemas at run time. Arrays of
predictions have the shape (members, rows, columns).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from schemas.ensemble import (
        Consensus,
        Curve,
        FittedStrategy,
        HardVote,
        LinearStack,
        RankAverage,
    )

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NOISE = -1
NOISE_SHARE = 0.5
"""A row is noise if members of more weight than this say so."""

_SMALLEST_PROBABILITY = 1e-6
_BINARY_COLUMNS = 2
_LEAST_SUM = 1e-12


def apply_combination(combination: "FittedStrategy", predictions: Floats) -> Floats:
    """Combine predictions (members, rows, columns) into one array (rows, columns)."""
    if combination.kind == "average":
        mean: Floats = np.tensordot(np.array(combination.weights), predictions, axes=1)
        if combination.class_weights:
            return tilted(mean, combination.class_weights)
        if combination.temperature == 1:
            return mean
        return cooled(mean, combination.temperature)
    if combination.kind == "hard_vote":
        return apply_hard_vote(combination, predictions)
    if combination.kind == "rank_average":
        return apply_rank_average(combination, predictions)
    return apply_stack(combination, predictions)


def apply_hard_vote(combination: "HardVote", predictions: Floats) -> Floats:
    """Combine predictions (members, rows, columns) into one array (rows, columns).

    Returns:
        For several columns the share of votes of each class, where the mean probability counts
        as one vote more: no majority can be outvoted by it, and ties are decided. For one
        column the median.
    """
    voters = predictions[np.array(combination.weights) > 0]
    if predictions.shape[2] == 1:
        medians: Floats = np.median(voters, axis=0)
        return medians
    votes = np.zeros(voters.shape[1:])
    rows = np.arange(voters.shape[1])
    for probabilities in voters:
        votes[rows, probabilities.argmax(axis=1)] += 1.0
    shares: Floats = (votes + voters.mean(axis=0)) / (len(voters) + 1)
    return shares


def apply_rank_average(combination: "RankAverage", predictions: Floats) -> Floats:
    """Combine predictions (members, rows, columns) into one array (rows, columns)."""
    weights = np.array(combination.weights)
    agreed = mean_ranks(combination.ranks, weights, ranked_columns(predictions))
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


def ranked_columns(predictions: Floats) -> Floats:
    """The columns that are ranked: of two classes only the positive one."""
    is_binary = predictions.shape[2] == _BINARY_COLUMNS
    return predictions[:, :, 1:] if is_binary else predictions


def mean_ranks(
    ranks: "Sequence[Sequence[Curve]]", weights: Floats, ranked: Floats
) -> Floats:
    """Weighted mean of the members' ranks, shape (rows, ranked columns)."""
    total = np.zeros(ranked.shape[1:])
    for curves, weight, member in zip(ranks, weights, ranked, strict=True):
        if weight == 0.0:
            continue
        for column, curve in enumerate(curves):
            total[:, column] += weight * np.interp(member[:, column], curve.x, curve.y)
    return total


def apply_stack(stack: "LinearStack", predictions: Floats) -> Floats:
    """Combine predictions (members, rows, columns) into one array (rows, columns)."""
    coefficients = np.array(stack.coefficients)
    intercepts = np.array(stack.intercepts)
    if predictions.shape[2] == 1:
        values: Floats = np.tensordot(coefficients, predictions, axes=1) + intercepts
        return values
    logs = log_probabilities(predictions)
    return softmax(np.tensordot(coefficients, logs, axes=1) + intercepts)


def cooled(probability: Floats, temperature: float) -> Floats:
    """Rows of probabilities to the power 1 / temperature, summing to one again."""
    return softmax(log_probabilities(probability) / temperature)


def tilted(probability: Floats, class_weights: Sequence[float]) -> Floats:
    """Rows of probabilities times a weight per class, summing to one again."""
    weighted = probability * np.asarray(class_weights)
    total: Floats = weighted.sum(axis=1, keepdims=True)
    answer: Floats = weighted / np.maximum(total, _LEAST_SUM)
    return answer


def log_probabilities(predictions: Floats) -> Floats:
    """Logarithms of probabilities, none of them infinite."""
    return np.log(np.clip(predictions, _SMALLEST_PROBABILITY, 1.0))


def softmax(logits: Floats) -> Floats:
    """Probabilities whose odds are the exponentials, shape (rows, columns)."""
    odds: Floats = np.exp(logits - logits.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


class Placed(NamedTuple):
    """Rows in consensus clusters.

    Attributes:
        labels: Cluster of each row, -1 for noise.
        confidence: Lead over the next cluster, 0 to 1; for noise the share that says so.
    """

    labels: Integers
    confidence: Floats


def apply_consensus(consensus: "Consensus", labels: Integers) -> Placed:
    """Place rows in the consensus clusters.

    Args:
        consensus: What was agreed on.
        labels: What each of its members says of each row (members, rows); a label that
            was not there before has no say, and what members of more than half the weight
            call noise (-1) is noise.
    """
    rows = labels.shape[1]
    votes = np.zeros((rows, consensus.clusters))
    noise = np.zeros(rows)
    for own, weight, known, table in zip(
        labels, consensus.weights, consensus.labels, consensus.affinity, strict=True
    ):
        noise += weight * (own == NOISE)
        if not known:
            continue
        order = np.array(known)
        place = np.minimum(np.searchsorted(order, own), len(order) - 1)
        said = weight * np.array(table)[place]
        votes += np.where((order[place] == own)[:, None], said, 0.0)
    agreed = votes.argmax(axis=1)
    is_noise = noise > NOISE_SHARE
    sure = np.where(is_noise, noise, _lead(votes))
    return Placed(np.where(is_noise, NOISE, agreed), np.clip(sure, 0.0, 1.0))


def _lead(votes: Floats) -> Floats:
    """How much more the largest vote of each row is than the next."""
    if votes.shape[1] == 1:
        return np.ones(len(votes))
    ordered = np.sort(votes, axis=1)
    lead: Floats = ordered[:, -1] - ordered[:, -2]
    return lead
