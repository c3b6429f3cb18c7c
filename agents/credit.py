"""Shares out what an ensemble gained among the candidates that are new in it."""

from dataclasses import dataclass, field

from schemas.ensemble import Ensemble

PATIENT_ENSEMBLES = 2
"""A candidate that is in none of so many ensembles after it was pooled brought nothing."""


@dataclass(slots=True)
class Credit:
    """Waits for the ensembles that tell what pooled candidates are worth.

    Attributes:
        sign: 1 if greater scores are better, else -1.
    """

    sign: float
    _score: float | None = None
    _waiting: dict[str, int] = field(default_factory=dict)

    def wait_for(self, candidate: str) -> None:
        """A candidate was pooled."""
        self._waiting[candidate] = 0

    def take(self, ensemble: Ensemble) -> dict[str, float]:
        """Hear of an ensemble.

        Returns:
            What each candidate brought whose worth is known now: the ensemble's gain,
            shared out by weight among its new members; 0 for who is left out again.
        """
        before, self._score = self._score, ensemble.score
        gain = (
            0.0 if before is None else max(0.0, self.sign * (ensemble.score - before))
        )
        weights = {m.candidate: m.weight for m in ensemble.members}
        new = {c: weights[c] for c in self._waiting if weights.get(c, 0.0) > 0}
        total = sum(new.values())
        told = {c: gain * weight / total for c, weight in new.items()}
        for candidate in [c for c in self._waiting if c not in told]:
            self._waiting[candidate] += 1
            if self._waiting[candidate] >= PATIENT_ENSEMBLES:
                told[candidate] = 0.0
        for candidate in told:
            del self._waiting[candidate]
        return told
