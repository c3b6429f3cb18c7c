"""Decides when boosting stops."""

import math

FULL_PATIENCE_ROWS = 10_000
MINIMUM_PATIENCE = 20


class Patience:
    """Stops when the loss has not improved for a while; the while grows with the best round.

    Waits for max(p, 0.3 * best round + 20) rounds, where p is `base` for up to 10 000
    rows and shrinks in proportion beyond (the rule of AutoGluon).

    Attributes:
        best_round: The round with the lowest loss, counted from 1; 0 before any.
    """

    def __init__(self, base: int, rows: int) -> None:
        shrink = min(1.0, FULL_PATIENCE_ROWS / max(rows, 1))
        self.base = max(MINIMUM_PATIENCE, round(base * shrink))
        self.best_round = 0
        self.best_loss = math.inf
        self.round = 0

    def is_over(self, loss: float) -> bool:
        """Hear the loss of one more round and say whether to stop."""
        self.round += 1
        if loss < self.best_loss:
            self.best_loss, self.best_round = loss, self.round
        wait = max(self.base, round(0.3 * self.best_round + 20))
        return self.round - self.best_round >= wait
