"""What a repair rule sees and what it gives back."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from schemas.jobs import Failure
from schemas.task import Task, TaskKind

Subject = Literal["candidate", "features"]


class Mended(NamedTuple):
    """Mended source and, in one sentence, what was wrong."""

    source: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class RepairCase:
    """A failed source with what is known about its failure."""

    source: str
    failure: Failure
    task: Task
    subject: Subject = "candidate"

    @property
    def class_name(self) -> str:
        """The class that the contract asks for."""
        return {"candidate": "Candidate", "features": "Features"}[self.subject]

    @property
    def message(self) -> str:
        """The failure's message in small letters."""
        return self.failure.message.lower()

    @property
    def is_classification(self) -> bool:
        """Whether probabilities are wanted."""
        return self.task.kind in {TaskKind.BINARY, TaskKind.MULTICLASS}

    def says(self, *phrases: str) -> bool:
        """Whether the message holds any of the phrases."""
        return any(phrase in self.message for phrase in phrases)
