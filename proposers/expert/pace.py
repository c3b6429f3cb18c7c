"""How fast boosting must learn so that a run tries enough candidates in its time."""

from dataclasses import dataclass, replace

from schemas.asks import Briefing
from schemas.task import Task, TaskKind

HIGHEST_RATE = 0.1
SHORT_BUDGET_SECONDS = 90.0
MEDIUM_BUDGET_SECONDS = 600.0
FOLD_SHARE = 0.1
"""Share of the budget that all folds of one candidate may take on one thread."""
REFIT_ROWS = 5_000
"""Up to so many training rows there are two fits, the second with more rounds."""
LONG_REFIT_ROWS = 1_500
USUAL_FITS = 2.1
LONG_FITS = 3.0
"""What both fits take together, in times of the first; long ones are for regression."""
FEWEST_ROUNDS = 100
NETWORK_SHARES = 2.5
"""A network may take as long as so many other candidates: nothing else is like it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Settings of boosting that follow from the budget, not from the data.

    Attributes:
        boost: Factor on learning rates, never beyond a rate of 0.1.
        rounds: Most rounds.
        patience: Rounds without progress until boosting stops.
        seconds: What one fold of one candidate may take, None in runs without a clock.
    """

    boost: float
    rounds: int
    patience: int
    seconds: float | None = None

    def rate(self, learning_rate: float) -> float:
        """The learning rate to use in place of a leisurely one."""
        return round(
            max(learning_rate, min(self.boost * learning_rate, HIGHEST_RATE)), 4
        )

    def longer(self, shares: float) -> "Pace":
        """The same for a candidate that may take as long as so many others."""
        seconds = None if self.seconds is None else shares * self.seconds
        return replace(self, seconds=seconds)

    def rounds_for(self, task: Task, round_seconds: float) -> int:
        """Most rounds on this table, given what one takes."""
        return max(FEWEST_ROUNDS, self._affordable_rounds(task, round_seconds))

    def suffices_for(self, task: Task, round_seconds: float) -> bool:
        """Whether there is time for rounds enough to be worth it."""
        return self._affordable_rounds(task, round_seconds) >= FEWEST_ROUNDS / 2

    def _affordable_rounds(self, task: Task, round_seconds: float) -> int:
        if self.seconds is None:
            return self.rounds
        return min(self.rounds, round(self.seconds / (_fits(task) * round_seconds)))


def _fits(task: Task) -> float:
    training_rows = task.rows * (1 - 1 / max(task.folds, 2))
    if training_rows > REFIT_ROWS:
        return 1.0
    is_long = task.kind is TaskKind.REGRESSION and training_rows <= LONG_REFIT_ROWS
    return LONG_FITS if is_long else USUAL_FITS


def pace_of(briefing: Briefing) -> Pace:
    """Short budgets learn fast; runs bounded by trials take a middle way."""
    budget = briefing.budget_seconds
    if budget is None:
        return Pace(boost=2.0, rounds=1500, patience=60)
    seconds = FOLD_SHARE * budget / max(briefing.task.folds, 1)
    if budget <= SHORT_BUDGET_SECONDS:
        return Pace(boost=3.0, rounds=1000, patience=40, seconds=seconds)
    if budget <= MEDIUM_BUDGET_SECONDS:
        return Pace(boost=1.5, rounds=2500, patience=80, seconds=seconds)
    return Pace(boost=1.0, rounds=10_000, patience=150, seconds=seconds)
