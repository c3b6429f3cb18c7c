"""Whether a candidate can still reach the pool before exploration ends."""

import math

from agents.director import exploration_seconds
from schemas.sayings import TrialScored
from schemas.settings import RunSettings
from schemas.task import Task

JOB_SECONDS = 0.05
"""What a job takes besides fitting: its process, its data, its score."""


def is_in_time(
    settings: RunSettings, task: Task, elapsed_seconds: float, screened: TrialScored
) -> bool:
    """Whether the other folds would be through before exploration ends.

    Args:
        settings: Bounds of the run; one without a clock always has time.
        task: How many folds and rows there are.
        elapsed_seconds: Seconds since the run started.
        screened: The trial on the first fold, which tells what a fold takes.
    """
    if settings.budget_seconds is None:
        return True
    rounds = math.ceil((task.folds - 1) / settings.workers)
    needed = rounds * (screened.seconds / settings.threads + JOB_SECONDS)
    left = exploration_seconds(settings, task.rows) - elapsed_seconds
    return needed <= left
