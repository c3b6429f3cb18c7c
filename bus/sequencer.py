"""In which order outcomes are heard: as they come, or as their effects were issued."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from bus.effects import Arrival


class Sequencer(Protocol):
    """Decides when an arrival may be heard."""

    def issued(self, key: str) -> None:
        """Take note that an effect was issued."""

    def accept(self, arrival: Arrival) -> Sequence[Arrival]:
        """Take an arrival and return whatever may be heard now, in order."""


class AsTheyCome:
    """Clock-bound runs hear every outcome at once."""

    def issued(self, key: str) -> None:
        """Nothing to remember."""

    def accept(self, arrival: Arrival) -> Sequence[Arrival]:
        """Return the arrival itself."""
        return (arrival,)


class AsIssued:
    """Reproducible runs hear outcomes in the order of issue, however fast workers are.

    What was issued outside of that order is heard as it comes.
    """

    def __init__(self) -> None:
        self._order: deque[str] = deque()
        self._issued: set[str] = set()
        self._early: dict[str, Arrival] = {}

    def issued(self, key: str) -> None:
        """Remember the place of an effect."""
        self._order.append(key)
        self._issued.add(key)

    def accept(self, arrival: Arrival) -> Sequence[Arrival]:
        """Hold an outcome back until all that were issued before it were heard."""
        if arrival.key is None or arrival.key not in self._issued:
            return (arrival,)
        self._issued.remove(arrival.key)
        self._early[arrival.key] = arrival
        ready: list[Arrival] = []
        while self._order and self._order[0] in self._early:
            ready.append(self._early.pop(self._order.popleft()))
        return ready
