"""Hard voting: one member, one vote."""

import numpy as np
import numpy.typing as npt

from schemas.ensemble import HardVote

Floats = npt.NDArray[np.float64]


def apply_hard_vote(combination: HardVote, predictions: Floats) -> Floats:
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
