"""What the Critic has against a scored trial: pure rules over numbers."""

import math
from typing import NamedTuple

from schemas.inputs import Examined
from schemas.jobs import Rung
from schemas.sayings import TaskReady, TrialScored
from schemas.task import TaskKind

TWIN_LIKENESS = 0.995
TWIN_MARGIN = 0.1
"""Of a standard error: about how far the scores of such twins differ by chance."""
PERFECT_SHARE = 0.01
"""A score this close to perfection, as a share of its way from the baseline, is odd."""
LEARNED_SHARE = 0.5
"""Of the way from the baseline to perfection: rows that were fitted on are known by heart."""


class Standing(NamedTuple):
    """Where scores of a task begin and end.

    Attributes:
        baseline: Score of the best constant prediction.
        sign: 1 if greater is better, else -1.
    """

    baseline: float
    sign: float

    @property
    def perfection(self) -> float:
        """The best score there is: 1 for what should be large, 0 for errors."""
        return 1.0 if self.sign > 0 else 0.0

    def progress(self, score: float) -> float:
        """How far a score is on the way from the baseline (0) to perfection (1).

        NaN if the score is, or if the baseline is perfect already.
        """
        way = self.perfection - self.baseline
        return (score - self.baseline) / way if way else math.nan


def standing_of(ready: TaskReady) -> Standing:
    """Where the scores of a settled task begin and end."""
    sign = 1.0 if ready.task.greater_is_better else -1.0
    if ready.task.kind is TaskKind.CLUSTERING:
        # No score of clusters is perfection, so none is too good.
        return Standing(math.nan, sign)
    return Standing(ready.baseline, sign)


def why_degenerate(scored: TrialScored) -> str | None:
    """Whether a candidate tells rows apart; the few rows of a smoke trial prove nothing."""
    if scored.rung is not Rung.SMOKE and scored.distinct <= 1:
        return "it predicts the same for every row"
    return None


def why_overfit(scored: TrialScored, standing: Standing) -> str | None:
    """Whether it knows the rows it was fitted on by heart and nothing of any other.

    A good train score alone is no fault: forests and neighbours have a perfect one.
    """
    if scored.train_score is None or scored.rung is not Rung.FULL:
        return None
    has_learned = standing.progress(scored.train_score) >= LEARNED_SHARE
    gain = standing.sign * (scored.score - standing.baseline)
    if has_learned and gain <= 0:
        return (
            f"train score {scored.train_score:.4g}, but validation score "
            f"{scored.score:.4g} is no better than the baseline {standing.baseline:.4g}"
        )
    return None


def why_duplicate(
    scored: TrialScored, examined: Examined, twin_score: float, standing: Standing
) -> str | None:
    """Whether it says what its twin in the pool says, and no better."""
    if not examined.likeness > TWIN_LIKENESS:
        return None
    lead = standing.sign * (scored.score - twin_score)
    if lead > TWIN_MARGIN * scored.standard_error:
        return None
    return f"its predictions are those of {examined.twin} ({examined.likeness:.4f})"


def is_too_good(scored: TrialScored, standing: Standing) -> bool:
    """Whether a score is so near to perfection that something may tell the target."""
    return standing.progress(scored.score) >= 1 - PERFECT_SHARE
