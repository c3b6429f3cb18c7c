"""Mean and spread over folds."""

import math
from collections.abc import Sequence
from typing import NamedTuple

# The code under trial decides how large a score gets, and a sum that overflows would
# raise: scores are made smaller by a power of two, which loses no digit.
SHRINK = 2.0**10


class FoldSummary(NamedTuple):
    """Mean over folds and its standard error (0 for a single fold)."""

    mean: float
    standard_error: float


def summarise_folds(scores: Sequence[float]) -> FoldSummary:
    """Summarise one score per fold.

    A fold whose rows are all of one class has no score under some metrics (NaN): it is
    left out. Without any defined score the mean is NaN.
    """
    known = [score for score in scores if not math.isnan(score)]
    count = len(known)
    if count == 0:
        return FoldSummary(math.nan, 0.0)
    mean = SHRINK * math.fsum(score / SHRINK for score in known) / count
    if count == 1:
        return FoldSummary(mean, 0.0)
    largest = max(abs(score - mean) for score in known)
    if largest == 0.0:
        return FoldSummary(mean, 0.0)
    squares = math.fsum(((score - mean) / largest) ** 2 for score in known)
    spread = largest * math.sqrt(squares / (count * (count - 1)))
    return FoldSummary(mean, spread)
