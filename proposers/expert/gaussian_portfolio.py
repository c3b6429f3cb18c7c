"""Gaussian processes, where the time of a candidate suffices for all pairs of rows."""

import math

from proposers.expert.entry import Entry
from proposers.expert.inputs import count_inputs, one_hot_levels
from proposers.expert.pace import Pace
from schemas.asks import Briefing

MOST_ROWS = 4_000
"""Of a fold; more pairs take too much room."""
ROWS = {"rough": 400, "smooth": 800}
"""Most rows that lengths are learned from. Twice as many do nothing for rough processes; for
smooth ones they lower the loss by 3 %, `tic-tac-toe` and `vowel` most."""
FEWEST_ROWS = 200
SHARES = 2.5
"""They may take as long as so many other candidates: on small tables nothing is as good."""
STEPS = 40
SECONDS_PER_PAIR = 5e-8
SECONDS_PER_PAIR_AND_INPUT = 2e-10
"""In one step of the search for lengths."""
SECONDS_PER_TRIPLE = 3e-11
"""All rows of a fold once, by the third power of their number (measured, one thread, another
core busy)."""


def gaussian_entries(briefing: Briefing, pace: Pace) -> dict[str, Entry]:
    """A rough and a smooth process by name, unless rows are too many."""
    left = _seconds_for_lengths(briefing, pace)
    inputs = count_inputs(briefing, one_hot_levels(briefing.task.kind))
    step = SECONDS_PER_PAIR + SECONDS_PER_PAIR_AND_INPUT * inputs
    affordable = math.sqrt(max(left, 0.0) / (STEPS * step))
    if affordable < FEWEST_ROWS:
        return {}
    return {
        f"{roughness} process": Entry(
            "gaussian_process",
            f"Gaussian process, {roughness}",
            {"roughness": roughness, "rows": int(min(most, affordable))},
        )
        for roughness, most in ROWS.items()
    }


def _seconds_for_lengths(briefing: Briefing, pace: Pace) -> float:
    """What is left of a candidate's time once all rows of a fold were taken apart."""
    task = briefing.task
    rows = task.rows * (1 - 1 / max(task.folds, 2))
    if rows > MOST_ROWS:
        return 0.0
    if pace.seconds is None:
        return math.inf
    return SHARES * pace.seconds - SECONDS_PER_TRIPLE * rows**3
