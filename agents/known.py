"""What a Modeler knows of its run: views, scores, spread and attempts."""

from collections import Counter, deque
from dataclasses import dataclass, field

from agents.leaderboard import Leaderboard
from schemas.asks import CellCount, ScoredCandidate
from schemas.candidate import RAW_VIEW, Candidate, View
from schemas.memory import Attempt, ErrorLeaf
from schemas.settings import RunSettings

REMEMBERED_ATTEMPTS = 12


@dataclass(slots=True)
class Known:
    """Shared by a Modeler and its plan; the Modeler writes, the plan reads.

    Attributes:
        settings: What the user asked for.
        board: Candidates after their full trials.
        views: What candidates may be fitted on.
        errors: Where the best candidate errs, as far as that was studied.
        taken_apart: Candidates that are being taken apart, and refined only after that.
    """

    settings: RunSettings
    board: Leaderboard
    views: list[View] = field(default_factory=lambda: [RAW_VIEW])
    errors: tuple[ErrorLeaf, ...] = ()
    taken_apart: set[str] = field(default_factory=set)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    _attempts: dict[str, deque[Attempt]] = field(default_factory=dict)

    def is_new(self, fingerprint: str, view: str) -> bool:
        """Whether a source was never tried on a view; it counts as tried from now on."""
        if (fingerprint, view) in self._seen:
            return False
        self._seen.add((fingerprint, view))
        return True

    def was_tried(self, fingerprint: str, view: str) -> bool:
        """Whether a source was tried on a view."""
        return (fingerprint, view) in self._seen

    def view(self, name: str) -> View:
        """The view of a name, all columns as they are if there is none."""
        return next((view for view in self.views if view.name == name), RAW_VIEW)

    def untried_view(self, candidate: Candidate) -> View | None:
        """The newest view, unless the source of a candidate was tried on it."""
        newest = self.views[-1]
        return None if self.was_tried(candidate.fingerprint, newest.name) else newest

    def count(self, candidate: Candidate) -> None:
        """Count a version for the spread over families and views."""
        self._tried[candidate.family, candidate.view.name] += 1

    @property
    def shown_board(self) -> tuple[ScoredCandidate, ...]:
        """The leaderboard, where the user lets scores go back to the proposer."""
        return self.board.shown() if self.settings.is_feedback_on else ()

    @property
    def shown_errors(self) -> tuple[ErrorLeaf, ...]:
        """Where the best candidate errs, on the same condition."""
        return self.errors if self.settings.is_feedback_on else ()

    @property
    def shown_cells(self) -> tuple[CellCount, ...]:
        """How the versions so far spread over families and views."""
        return tuple(
            CellCount(family=family, view=view, count=count)
            for (family, view), count in self._tried.most_common()
        )

    def remember(self, parent: str, attempt: Attempt) -> None:
        """Remember what became of a version.

        Args:
            parent: What it was made from: a candidate's id, or the name of an operator.
            attempt: What became of it.
        """
        kept = self._attempts.setdefault(parent, deque(maxlen=REMEMBERED_ATTEMPTS))
        kept.appendleft(attempt)

    def attempts(self, parent: str) -> tuple[Attempt, ...]:
        """Attempts of the same parentage, latest first."""
        return tuple(self._attempts.get(parent, ()))
