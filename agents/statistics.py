"""Mean and spread over folds."""

import math
from collections.abc import Sequence
from typing import NamedTuple

# The code under trial decides how large a score gets, and Python raises where a sum or a
# square overflows. A power of two takes nothing from the digits.
SHRINK = 2.0**-8


class FoldSummary(NamedTuple):
    """Mean over folds and its standard error (0 for a single fold)."""

    mean: float
    standard_error: float


def summarise_folds(scores: Sequence[float]) -> FoldSummary:
    """Summarise one score per fold."""
    count = len(scores)
    mean = math.fsum(score * SHRINK for score in scores) / count / SHRINK
    deviations = [score - mean for score in scores]
    largest = max(abs(deviation) for deviation in deviations)
    if count == 1 or largest == 0.0:
        return FoldSummary(mean, 0.0)
    shares = [deviation / largest for deviation in deviations]
    squares = math.fsum(share * share for share in shares)
    return FoldSummary(mean, largest * math.sqrt(squares / (count * (count - 1))))
