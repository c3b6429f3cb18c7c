"""A run as it stands in its journal, for tests to look through."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from schemas.base import Frozen
from schemas.envelope import Envelope
from schemas.sayings import RunCrashed, RunFinished

Body = TypeVar("Body", bound=Frozen)


@dataclass
class Story:
    """A run as it stands in its journal.

    Attributes:
        path: The journal.
        events: Its lines.
        end: The run's last word.
    """

    path: Path
    events: list[Envelope]
    end: RunFinished | RunCrashed

    def bodies(self, kind: type[Body]) -> list[Body]:
        """All messages of a kind, in order."""
        return [e.body for e in self.events if isinstance(e.body, kind)]

    def of_kind(self, kind: type[Frozen]) -> list[Envelope]:
        """All events of a kind, in order."""
        return [event for event in self.events if isinstance(event.body, kind)]

    def counts(self) -> Counter[str]:
        """How often each kind of message occurs."""
        return Counter(event.body.kind for event in self.events)

    def place_of(self, kind: type[Frozen]) -> int:
        """Sequence number of the one message of a kind."""
        (found,) = self.of_kind(kind)
        return found.seq

    def words(self) -> list[bytes]:
        """Every line without what the clock has to do with."""
        plain = {"t": 0, "duration": None, "chain": ""}
        return [
            event.model_copy(update=plain).model_dump_json().encode()
            for event in self.events
        ]
