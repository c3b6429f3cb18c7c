"""The expert's plan: drafts of a portfolio first, then improvements while they pay."""

from agents.asking import refine_ask, tune_ask
from agents.improving import Improvement, Improver, is_worthwhile
from agents.known import Known
from agents.loop import Loop
from agents.opening import Opening
from agents.plan import FRUITLESS_ASKS, EndOfPlan
from agents.trials import EXPERT
from schemas.asks import DraftAsk
from schemas.candidate import Candidate
from schemas.ensemble import Ensemble
from schemas.sayings import TrialScored

REFINEMENTS_PER_LOOP = 1
REFINED_RANKS = 5
UNDISTURBED_DRAFTS = 12
"""So many drafts come first; after that every second loop improves what is there."""
DRAFTS_BEFORE_A_LEADER = 6
"""So many come first where one family is far ahead of all others."""
DRAFTS_BEFORE_ROUNDS = 8
"""So many come first where the user asked for rounds of tuning."""


class PortfolioPlan:
    """See the module.

    Args:
        known: What the Modeler knows.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._improver = Improver(known)
        self._drafts = 0
        self._fruitless = 0
        self._is_exhausted = False
        self._is_budget_used_up = False

    @property
    def end(self) -> EndOfPlan:
        """See `Plan`."""
        if self._is_budget_used_up:
            return "llm_budget"
        return "plateau" if self._improver.opened else "exhausted"

    def next(self, loop: str) -> Opening | None:
        """Open a draft or an improvement, whose turn it is."""
        if self._is_budget_used_up:
            return None
        if not self._is_exhausted and not self._is_turn_of_improvements:
            return self._draft()
        improvement = self._improver.next(self._known.board)
        if improvement is not None:
            self._improver.note_parent(loop, improvement.base.candidate)
            return self._improve(improvement)
        return None if self._is_exhausted else self._draft()

    @property
    def _is_turn_of_improvements(self) -> bool:
        return self._improver.opened < self._drafts - self._undisturbed_drafts

    @property
    def _undisturbed_drafts(self) -> int:
        if self._known.board.family_far_ahead is not None:
            return DRAFTS_BEFORE_A_LEADER
        is_asked_for = bool(self._known.settings.tuning_rounds)
        return DRAFTS_BEFORE_ROUNDS if is_asked_for else UNDISTURBED_DRAFTS

    def _draft(self) -> Opening:
        ask = DraftAsk(
            index=self._drafts,
            views=tuple(self._known.views),
            leaderboard=self._known.shown_board,
            tried=self._known.shown_cells,
        )
        self._drafts += 1
        return Opening("draft", ask)

    def _improve(self, improvement: Improvement) -> Opening:
        base, operator = improvement.base, improvement.arm.operator
        if operator == "refine":
            ask = refine_ask(base, improvement.round, self._known)
            return Opening(operator, ask, base=base, improvement=improvement)
        tuning = tune_ask(
            base,
            improvement.round,
            self._improver.history(base.candidate.family, base.candidate.view.name),
            self._known.shown_board,
        )
        return Opening(operator, tuning, base=base, improvement=improvement)

    def follow_up(self, loop: Loop, *, may_go_on: bool) -> Opening | None:
        """Refine the loop's best version, if it leads its family and view and ranks high.

        Against the clock the expert's whole portfolio comes before refinements.
        """
        board = self._known.board
        best = board.best_by(lambda c: (c.family, c.view.name))
        leading = [s for s in best if s.candidate.loop == loop.id]
        is_hurried = self._known.settings.budget_seconds is not None
        if (
            loop.improvement is not None
            or not leading
            or (is_hurried and leading[0].candidate.origin == EXPERT)
            or not self._improver.may_refine(loop.id, REFINEMENTS_PER_LOOP)
            or not may_go_on
            or board.rank_of(leading[0].candidate.id) >= REFINED_RANKS
        ):
            return None
        count = self._improver.count_refinement(loop.id)
        ask = refine_ask(leading[0], count, self._known)
        return Opening("refine", ask, base=leading[0])

    def note_pooled(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> None:
        """See `Plan`."""
        self._improver.note(candidate, scored.score)
        if loop.improvement is not None:
            before = loop.improvement.base.score
            loop.has_paid |= is_worthwhile(self._known.board, before, scored.score)

    def note_answer(self) -> None:
        """See `Plan`."""
        self._fruitless = 0

    def note_fruitless(self) -> None:
        """A proposer that fails again and again must not be asked for ever."""
        self._fruitless += 1
        self._is_exhausted |= self._fruitless >= FRUITLESS_ASKS

    def note_budget_used_up(self) -> None:
        """See `Plan`."""
        self._is_budget_used_up = True

    def open_again(self) -> None:
        """See `Plan`."""
        self._fruitless = 0
        self._is_exhausted = self._is_budget_used_up = False
        self._improver.open_again()

    def no_more_ideas(self, loop: Loop) -> str:
        """See `Plan`."""
        if loop.improvement is not None:
            loop.improvement.arm.give_up()
            return "the proposer has nothing better to offer"
        if loop.candidate is None:
            self._is_exhausted = True
            return "the proposer has no further draft"
        return "refined as far as the proposer goes"

    def note_closed(self, loop: Loop) -> None:
        """See `Plan`."""
        if loop.improvement is not None:
            self._improver.end(loop.improvement.arm, has_paid=loop.has_paid)

    def note_ensemble(self, ensemble: Ensemble) -> None:
        """The portfolio goes on whatever the ensemble is."""
