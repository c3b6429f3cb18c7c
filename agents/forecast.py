"""Whether work can still be done before exploration ends."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from agents.director import exploration_seconds
from schemas.settings import RunSettings
from schemas.task import Task

JOB_SECONDS = 0.05
"""What a job takes besides fitting: its process, its data, its score."""


class Work(NamedTuple):
    """Jobs that are alike.

    Attributes:
        jobs: How many.
        seconds: Processor seconds of each.
    """

    jobs: int
    seconds: float


def is_in_time(
    settings: RunSettings, task: Task, elapsed_seconds: float, work: Iterable[Work]
) -> bool:
    """Whether work would be through before exploration ends.

    Args:
        settings: Bounds of the run; one without a clock always has time.
        task: How many rows there are.
        elapsed_seconds: Seconds since the run started.
        work: What is to be done, one after the other.
    """
    if settings.budget_seconds is None:
        return True
    needed = math.fsum(
        math.ceil(jobs / settings.workers) * (seconds / settings.threads + JOB_SECONDS)
        for jobs, seconds in work
    )
    return needed <= exploration_seconds(settings, task.rows) - elapsed_seconds
