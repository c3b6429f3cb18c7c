"""Chooses among operators by what they brought the ensemble for what they cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.candidate import Operator

EXPLORATION = 0.5
"""Weight of the bonus for operators that were seldom tried (UCB1, Auer et al. 2002)."""
PATIENCE = 6
"""So many fruitless loops in a row, and an operator is left alone."""


@dataclass(slots=True)
class OperatorRecord:
    """What is known of one operator.

    Attributes:
        begun: Loops that were opened.
        ended: Loops whose worth is known.
        gain: What they brought the ensemble, in points of the metric.
        cost: What they took: seconds, or trials in a run bounded by those.
        fruitless: Loops in a row that brought nothing.
    """

    begun: int = 0
    ended: int = 0
    gain: float = 0.0
    cost: float = 0.0
    fruitless: int = 0

    @property
    def rate(self) -> float:
        """Gain for a unit of cost."""
        return self.gain / self.cost if self.cost > 0 else 0.0


class Bandit:
    """UCB1 on gain per cost; loops that are out count as tried, so that choices spread.

    Args:
        operators: In the order in which they are tried first.
    """

    def __init__(self, operators: Sequence[Operator]) -> None:
        self._records = {operator: OperatorRecord() for operator in operators}

    def choose(self, available: Sequence[Operator]) -> list[Operator]:
        """Sort those that are worth a loop now, best first; none if all are worn out."""
        worth = [o for o in self._records if o in available and self._is_promising(o)]
        return sorted(worth, key=self._value, reverse=True)

    def is_worn_out(self, operator: Operator) -> bool:
        """Whether too many of its loops in a row brought nothing, or it was given up."""
        return self._records[operator].fruitless >= PATIENCE

    def _is_promising(self, operator: Operator) -> bool:
        record = self._records[operator]
        return record.fruitless + record.begun - record.ended < PATIENCE

    def _value(self, operator: Operator) -> float:
        record = self._records[operator]
        if record.begun == 0:
            return math.inf
        best = max(other.rate for other in self._records.values())
        total = sum(other.begun for other in self._records.values())
        share = record.rate / best if best > 0 else 0.0
        return share + EXPLORATION * math.sqrt(math.log(total + 1) / record.begun)

    def begin(self, operator: Operator) -> None:
        """A loop is opened."""
        self._records[operator].begun += 1

    def end(self, operator: Operator, gain: float, cost: float) -> None:
        """A loop's worth is known.

        Args:
            operator: How it came about.
            gain: What it brought the ensemble, never below 0.
            cost: What it took, above 0.
        """
        record = self._records[operator]
        record.ended += 1
        record.gain += gain
        record.cost += cost
        record.fruitless = 0 if gain > 0 else record.fruitless + 1

    def give_up(self, operator: Operator) -> None:
        """The proposer has nothing to offer for an operator."""
        self._records[operator].fruitless = PATIENCE
