"""What a plan is: whatever decides which loop is opened next."""

from typing import Literal, Protocol

from agents.loop import Loop
from agents.opening import Opening
from schemas.candidate import Candidate
from schemas.ensemble import Ensemble
from schemas.sayings import TrialScored

FRUITLESS_ASKS = 8
"""A proposer that failed so often in a row is not asked again."""

EndOfPlan = Literal["exhausted", "plateau", "llm_budget"]


class Plan(Protocol):
    """Chooses openings, and hears what became of them."""

    @property
    def end(self) -> EndOfPlan:
        """Why there is nothing to open any more."""

    def next(self, loop: str) -> Opening | None:
        """Choose what the next loop is opened for.

        Args:
            loop: Id that this loop will have.

        Returns:
            The opening, or None if there is nothing to open now.
        """

    def follow_up(self, loop: Loop, *, may_go_on: bool) -> Opening | None:
        """Choose another version for a loop whose last one was pooled, or None to end it.

        Args:
            loop: The loop.
            may_go_on: Whether there are trials left for another version.
        """

    def note_pooled(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> None:
        """A version of a loop went through all folds and is sound."""

    def note_answer(self) -> None:
        """The proposer offered something new: it is well."""

    def note_fruitless(self) -> None:
        """The proposer failed, or offered what was tried before."""

    def note_budget_used_up(self) -> None:
        """Nothing may be spent on asking any more."""

    def no_more_ideas(self, loop: Loop) -> str:
        """The proposer has nothing to offer for a loop; return the reason to close it."""

    def open_again(self) -> None:
        """The run goes on after its end: whatever was given up has another chance."""

    def note_closed(self, loop: Loop) -> None:
        """A loop came to its end."""

    def note_ensemble(self, ensemble: Ensemble) -> None:
        """The ensemble was rebuilt."""
