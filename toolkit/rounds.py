"""How many boosting rounds fit a job, from its size alone: no clock, so runs repeat."""

from toolkit.spec import Spec

USABLE_SHARE = 0.63
"""Share of a job's seconds planned for boosting; encoding takes time too."""
REFIT_ROWS = 5_000
"""Up to so many rows, the rows set aside for early stopping are worth a second fit.

Measured over seven tables of 145 to 1600 rows: 2 % lower loss on average, at twice the time.
"""
REFIT_GROWTH = 1.1
LONG_REFIT_GROWTH = 2.0
"""Factors on the rounds of the second fit.

New rows are predicted by the mean of the models of all folds, which is the better, the more
each of them has learned: over 24 splits of eight tables of 200 to 800 rows, twice the
rounds lowered the squared error's root by 0.7 % on rows of one fold and by 1.5 % for
the mean of all models. Tables of 2 000 to 4 000 rows gained nothing; probabilities grow
too sure.
"""
LONG_REFIT_ROWS = 1_500
"""Regression on up to so many rows gets the longer second fit."""
MINIMUM_ROUNDS = 20


def affordable_rounds(
    spec: Spec, rows: int, asked: int, seconds_per_round: float
) -> int:
    """Cap the rounds asked for so that they fit `spec.seconds`.

    Args:
        spec: The task; `seconds` is what the whole job may take.
        rows: Training rows.
        asked: Rounds that the candidate wants.
        seconds_per_round: Estimate for one round on one thread.
    """
    speed_up = 1 + 0.6 * (spec.n_threads - 1)
    share = USABLE_SHARE / (1 + _growth(spec, rows))
    fitting = share * spec.seconds * speed_up / seconds_per_round
    return int(min(asked, max(MINIMUM_ROUNDS, fitting)))


def refit_rounds(spec: Spec, rows: int, best_round: int) -> int | None:
    """Rounds for a second fit to all training rows, None if the table is large enough."""
    if rows > REFIT_ROWS:
        return None
    return max(1, round(_growth(spec, rows) * best_round))


def _growth(spec: Spec, rows: int) -> float:
    is_small = rows <= LONG_REFIT_ROWS
    is_regression = spec.task == "regression"
    return LONG_REFIT_GROWTH if is_small and is_regression else REFIT_GROWTH
