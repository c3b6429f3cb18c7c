"""Mean and spread over folds."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class FoldSummary(NamedTuple):
    """Mean over folds and its standard error (0 for a single fold)."""

    mean: float
    standard_error: float


def summarise_folds(scores: Sequence[float]) -> FoldSummary:
    """Summarise one score per fold."""
    count = len(scores)
    mean = math.fsum(scores) / count
    if count == 1:
        return FoldSummary(mean, 0.0)
    variance = math.fsum((score - mean) ** 2 for score in scores) / (count - 1)
    return FoldSummary(mean, math.sqrt(variance / count))
