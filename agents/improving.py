"""What to improve once drafts run short: tune a family or refine a candidate, while it pays."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

from agents.known import Known
from agents.leaderboard import Leaderboard, Standing, rounded
from schemas.asks import TriedVersion
from schemas.candidate import Candidate

IMPROVED_PLACES = 4
"""So many of the best families are tuned, and of the best cells refined."""
TUNING_PATIENCE = 4
REFINING_PATIENCE = 2
REFINING_PATIENCE_FAR_AHEAD = 8
"""Of the family that is far ahead: its mean with others of its kind may pay where none of
them is better by itself."""
WORTHWHILE_GAIN = 0.001
"""A gain below a thousandth of the score is none."""
REMEMBERED_VERSIONS = 40


@dataclass(slots=True)
class Arm:
    """One thing that can be improved again and again, until it no longer pays.

    Attributes:
        operator: How it is improved.
        family: The family that it is about.
        view: The view, for refinements; a family is tuned on the view where it is best.
        rounds: How often it was begun.
        open: How many loops are at it.
        fruitless: How many loops in a row brought nothing.
    """

    operator: Literal["tune", "refine"]
    family: str
    view: str | None
    rounds: int = 0
    open: int = 0
    fruitless: int = 0

    def is_promising(self, family_far_ahead: str | None) -> bool:
        """Whether it may pay, even if all that is out brings nothing."""
        return self.fruitless + self.open < self._patience(family_far_ahead)

    def _patience(self, family_far_ahead: str | None) -> int:
        if self.operator == "tune":
            return TUNING_PATIENCE
        is_far_ahead = self.family == family_far_ahead
        return REFINING_PATIENCE_FAR_AHEAD if is_far_ahead else REFINING_PATIENCE

    def give_up(self) -> None:
        """The proposer has nothing more to offer here."""
        self.fruitless = max(TUNING_PATIENCE, REFINING_PATIENCE_FAR_AHEAD)


@dataclass(frozen=True, slots=True)
class Improvement:
    """A loop to be opened: which arm it serves and what it starts from."""

    arm: Arm
    base: Standing
    round: int


class Improver:
    """Takes turns between arms, those with the fewest rounds first, then the best.

    Those of a family that is far ahead of all others come before.

    An arm that brought nothing several times in a row is left alone; when none is left, the
    run has reached its plateau.

    Args:
        known: What the Modeler knows; the rounds in its settings bound the arms.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._arms: dict[tuple[str, str, str | None], Arm] = {}
        self._roots: dict[str, str] = {}
        self._refinements: Counter[str] = Counter()
        self._history: dict[tuple[str, str], list[TriedVersion]] = defaultdict(list)
        self._views = len(known.views)
        self.opened = 0

    def open_again(self) -> None:
        """Give every arm another chance."""
        for arm in self._arms.values():
            arm.open = arm.fruitless = 0

    def note(self, candidate: Candidate, score: float) -> None:
        """Remember a version that went through all folds."""
        tried = TriedVersion(source=candidate.source, score=rounded(score))
        self._history[candidate.family, candidate.view.name].append(tried)

    def note_parent(self, loop: str, parent: Candidate) -> None:
        """Remember what a loop was begun from."""
        self._roots[loop] = self._root(parent.loop)

    def history(self, family: str, view: str) -> tuple[TriedVersion, ...]:
        """Versions of a family on a view that were scored, oldest first."""
        return tuple(self._history[family, view][-REMEMBERED_VERSIONS:])

    def may_refine(self, loop: str, most: int | None) -> bool:
        """Whether the candidate that a loop descends from may be refined once more."""
        if not self._known.settings.is_feedback_on:
            return False
        bound = self._known.settings.model_rounds
        bound = most if bound is None else bound
        return bound is None or self._refinements[self._root(loop)] < bound

    def count_refinement(self, loop: str) -> int:
        """Count a refinement of what a loop descends from; 1 for the first."""
        self._refinements[self._root(loop)] += 1
        return self._refinements[self._root(loop)]

    def next(self, board: Leaderboard) -> Improvement | None:
        """Choose what to improve next; None if nothing is promising now.

        New columns give every arm another chance.
        """
        if len(self._known.views) > self._views:
            self._views = len(self._known.views)
            for arm in self._arms.values():
                arm.fruitless = 0
        choices = [*self._refinements_of(board), *self._tunings(board)]
        ahead = board.family_far_ahead
        promising = [choice for choice in choices if choice[0].is_promising(ahead)]
        if not promising:
            return None
        arm, base = min(
            promising, key=lambda choice: (choice[0].family != ahead, choice[0].rounds)
        )
        arm.rounds += 1
        arm.open += 1
        self.opened += 1
        count = arm.rounds
        if arm.operator == "refine":
            count = self.count_refinement(base.candidate.loop)
        return Improvement(arm, base, count)

    def end(self, arm: Arm, *, has_paid: bool) -> None:
        """Take note of what came of a loop."""
        arm.open -= 1
        arm.fruitless = 0 if has_paid else arm.fruitless + 1

    def _tunings(self, board: Leaderboard) -> list[tuple[Arm, Standing]]:
        bound = self._known.settings.tuning_rounds
        if not self._known.settings.is_tuning_on:
            return []
        best = board.best_by(lambda candidate: (candidate.family,))
        arms = [
            (self._arm("tune", standing.candidate.family, None), standing)
            for standing in best[:IMPROVED_PLACES]
        ]
        return [(a, s) for a, s in arms if bound is None or a.rounds < bound]

    def _refinements_of(self, board: Leaderboard) -> list[tuple[Arm, Standing]]:
        best = board.best_by(lambda candidate: (candidate.family, candidate.view.name))
        return [
            (self._arm("refine", s.candidate.family, s.candidate.view.name), s)
            for s in best[:IMPROVED_PLACES]
            if self.may_refine(s.candidate.loop, None)
        ]

    def _arm(
        self, operator: Literal["tune", "refine"], family: str, view: str | None
    ) -> Arm:
        name = (operator, family, view)
        return self._arms.setdefault(name, Arm(operator, family, view))

    def _root(self, loop: str) -> str:
        return self._roots.get(loop, loop)


def is_worthwhile(board: Leaderboard, before: float, after: float) -> bool:
    """Whether a score is better than the one before it by enough to go on."""
    old = board.utility(before)
    return board.utility(after) > old + WORTHWHILE_GAIN * abs(old)
