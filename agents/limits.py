"""How much one job may use, by the bound of the run."""

import math

from agents.director import exploration_seconds
from schemas.jobs import JobLimits, Rung
from schemas.settings import RunSettings
from schemas.task import Task

FEWEST_SECONDS = 5.0
SMOKE_SECONDS = 20.0
REPRODUCIBLE_CPU_SECONDS = 300.0
REPRODUCIBLE_WALL_SECONDS = 3600.0
CPU_SLACK = 2.0
SCREEN_SHARE = 0.4
"""Of the time that is left, the first fold of a candidate may take at most so much."""
FEWEST_SCREEN_SECONDS = 1.0
SCREEN_PATIENCE = 1.2
"""A first fold may take so many times what all folds together leave to each."""
ABLATION_PATIENCE = 3.0
"""What is left of a candidate may take so many times as long as the candidate itself."""


def ablation_limits(
    settings: RunSettings, elapsed_seconds: float, fold_seconds: float
) -> JobLimits:
    """Limits of a version that lacks a part; `fold_seconds` is what the whole one took."""
    limits = job_limits(settings, elapsed_seconds, Rung.SCREEN)
    if settings.budget_seconds is None:
        return limits
    patience = max(FEWEST_SECONDS, ABLATION_PATIENCE * fold_seconds)
    return _shortened(limits, patience)


def screen_limits(
    settings: RunSettings, task: Task, elapsed_seconds: float
) -> JobLimits:
    """Limits of a candidate's first fold once others are pooled.

    A fold that takes longer could not be followed by the others before exploration ends.
    """
    limits = job_limits(settings, elapsed_seconds, Rung.SCREEN)
    if settings.budget_seconds is None:
        return limits
    left = exploration_seconds(settings, task.rows) - elapsed_seconds
    rounds = 1 + math.ceil((task.folds - 1) / settings.workers)
    patience = max(FEWEST_SCREEN_SECONDS, SCREEN_PATIENCE * left / rounds)
    return _shortened(limits, patience)


def _shortened(limits: JobLimits, wall_seconds: float) -> JobLimits:
    wall = min(limits.wall_seconds, wall_seconds)
    cpu = CPU_SLACK * wall * limits.threads
    return limits.model_copy(update={"wall_seconds": wall, "cpu_seconds": cpu})


def job_limits(settings: RunSettings, elapsed_seconds: float, rung: Rung) -> JobLimits:
    """Limits of one job.

    Under a clock no job may outlive the budget. In a reproducible run only processor time
    counts, because elapsed time depends on what else the machine does.
    """
    if settings.budget_seconds is None:
        cpu = SMOKE_SECONDS if rung is Rung.SMOKE else REPRODUCIBLE_CPU_SECONDS
        return JobLimits(
            wall_seconds=REPRODUCIBLE_WALL_SECONDS,
            cpu_seconds=cpu,
            memory_bytes=settings.memory_bytes,
            threads=settings.threads,
        )
    left = max(FEWEST_SECONDS, settings.budget_seconds - elapsed_seconds)
    most = {
        Rung.SMOKE: min(SMOKE_SECONDS, left),
        Rung.SCREEN: max(FEWEST_SECONDS, SCREEN_SHARE * left),
        Rung.FULL: left,
    }
    wall = most[rung]
    return JobLimits(
        wall_seconds=wall,
        cpu_seconds=CPU_SLACK * wall * settings.threads,
        memory_bytes=settings.memory_bytes,
        threads=settings.threads,
    )
