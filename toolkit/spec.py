"""What a candidate is told about its task."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spec:
    """The `spec` that `Candidate(spec)` receives.

    Attributes:
        task: `binary`, `multiclass`, `regression` or `clustering`.
        classes: Class labels in code order; empty unless classification.
        seed: Seed for everything random in the candidate.
        n_threads: Threads that numerical libraries may use.
        seconds: Time that fit and predict together should stay under.
        kinds: Kind of each column of X (`numeric`, `boolean`, `category`, `text`,
            `datetime`).
        clusters: Number of clusters asked for, or None if it is to be chosen.
    """

    task: str
    classes: tuple[str, ...]
    seed: int
    n_threads: int
    seconds: float
    kinds: Mapping[str, str]
    clusters: int | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 unless classification."""
        return len(self.classes)
