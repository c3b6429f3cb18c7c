"""What becomes of effects in a session of a crew: how long they take, and which fail."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from bus.effects import Outcome
from schemas.envelope import Cost, Envelope
from tests.bus.conftest import Crew, outcome_of


def new_crew() -> Crew:
    return Crew(jobs=5, more=6)


@dataclass
class Fate:
    """What becomes of effects in a session.

    Attributes:
        turns: How long each takes, in the order in which they begin.
        failing: Which of them raise.
        launched: Keys in the order in which they began.
    """

    turns: Sequence[int]
    failing: frozenset[int]
    launched: list[str] = field(default_factory=list)

    async def run(self, command: Envelope) -> Outcome:
        number = len(self.launched)
        self.launched.append(command.key or "")
        for _ in range(self.turns[number % len(self.turns)]):
            await anyio.lowlevel.checkpoint()
        if number in self.failing:
            raise ValueError(f"effect {number} broke")
        return Outcome(outcome_of(command).body, Cost(tokens=number, money=0.25))
