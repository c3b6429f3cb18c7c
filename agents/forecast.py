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
    rounds = math.ceil((task.folds - 1) / settings.workers)
    return _are_in_time(settings, task, elapsed_seconds, rounds, screened.seconds)


def is_ablation_in_time(
    settings: RunSettings,
    task: Task,
    elapsed_seconds: float,
    fold_seconds: float,
    versions: int,
) -> bool:
    """Whether an ablation, and then all folds of a refinement, would be through in time.

    Args:
        settings: Bounds of the run; one without a clock always has time.
        task: How many folds and rows there are.
        elapsed_seconds: Seconds since the run started.
        fold_seconds: Processor seconds that the candidate takes for a fold.
        versions: So many versions are fitted, each on one fold.
    """
    ablated = math.ceil(versions / settings.workers)
    others = math.ceil((task.folds - 1) / settings.workers)
    rounds = ablated + 1 + others
    return _are_in_time(settings, task, elapsed_seconds, rounds, fold_seconds)


def _are_in_time(
    settings: RunSettings,
    task: Task,
    elapsed_seconds: float,
    rounds: int,
    fold_seconds: float,
) -> bool:
    if settings.budget_seconds is None:
        return True
    needed = rounds * (fold_seconds / settings.threads + JOB_SECONDS)
    left = exploration_seconds(settings, task.rows) - elapsed_seconds
    return needed <= left
