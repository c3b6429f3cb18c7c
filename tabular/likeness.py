"""How much two candidates say the same, whatever they are made of."""

import numpy as np
import numpy.typing as npt

from tabular.agreement import adjusted_rand

Floats = npt.NDArray[np.float64]


def likeness(first: Floats, second: Floats) -> float:
    """Pearson correlation of two predictions of the same rows.

    Each column is centred, so that the classes' shares alone make no likeness.

    Args:
        first: Probabilities (rows, classes) or values (rows, 1).
        second: The same of another candidate.

    Returns:
        -1 to 1; 0 if one of them predicts the same for every row.
    """
    one, other = first - first.mean(axis=0), second - second.mean(axis=0)
    # Brought to size first: a square of what a regression predicts may overflow.
    one = one / max(np.abs(one).max(initial=0.0), np.finfo(np.float64).tiny)
    other = other / max(np.abs(other).max(initial=0.0), np.finfo(np.float64).tiny)
    scale = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / scale) if scale else 0.0


def partition_likeness(first: Floats, second: Floats) -> float:
    """Adjusted Rand index of two clusterings, whatever numbers their clusters have."""
    return adjusted_rand(first[:, 0].astype(np.int64), second[:, 0].astype(np.int64))
