"""How many boosting rounds fit a job, from its size alone: no clock, so runs repeat."""

from toolkit.spec import Spec

USABLE_SHARE = 0.6
"""Share of a job's seconds that is planned for; the rest is for encoding and bad luck."""
MINIMUM_ROUNDS = 20


def affordable_rounds(spec: Spec, asked: int, seconds_per_round: float) -> int:
    """Cap the rounds asked for so that they fit `spec.seconds`.

    Args:
        spec: The task; `seconds` is what the whole job may take.
        asked: Rounds that the candidate wants.
        seconds_per_round: Estimate for one round on one thread.
    """
    speed_up = 1 + 0.6 * (spec.n_threads - 1)
    fitting = USABLE_SHARE * spec.seconds * speed_up / seconds_per_round
    return int(min(asked, max(MINIMUM_ROUNDS, fitting)))
