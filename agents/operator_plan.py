"""The plan for a model's ideas: operators that a bandit chooses by what they bring."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from agents.asking import cross_ask, refine_ask, tune_ask
from agents.bandit import Bandit
from agents.credit import Credit
from agents.known import Known
from agents.lanes import view_prefix
from agents.leaderboard import Standing, mean_and_error, rounded
from agents.loop import Loop
from agents.opening import Opening
from agents.plan import FRUITLESS_ASKS, EndOfPlan
from schemas.asks import CrossAsk, DraftAsk, Parent, TriedVersion
from schemas.candidate import Candidate, Operator, View
from schemas.ensemble import Ensemble
from schemas.memory import Attempt
from schemas.proposals import CandidateProposal
from schemas.sayings import TrialScored

FIRST_DRAFTS = 3
"""So many drafts come before anything else is tried."""
STARTING_POINTS = 4
"""So many of the best families (or families on a view) are improved."""
REMEMBERED_VERSIONS = 12
OPERATORS: tuple[Operator, ...] = ("draft", "swap", "refine", "cross", "tune")
DRAFTS, CROSSINGS = "draft", "cross"
OWN_FAULT = "not its own fault"
SWAP_ORIGIN = "swap"


@dataclass(slots=True)
class _Life:
    """What the plan keeps of a loop: how it began, from what, and what it took."""

    operator: Operator
    parent: str
    outcome: str = ""
    cost: float = 1.0
    waiting: set[str] = field(default_factory=set)
    gain: float = 0.0
    is_closed: bool = False


class OperatorPlan:
    """Opens drafts, refinements, tunings, crossings and view swaps.

    Everything that is tried leaves a line of memory for the next ask of the same parentage.

    Args:
        known: What the Modeler knows.
        sign: 1 if greater scores are better, else -1.
    """

    def __init__(self, known: Known, sign: float) -> None:
        self._known = known
        self._bandit = Bandit(OPERATORS)
        self._credit = Credit(sign)
        self._lives: dict[str, _Life] = {}
        self._of_candidate: dict[str, _Life] = {}
        self._rounds: Counter[tuple[str, str]] = Counter()
        self._history: dict[tuple[str, str], list[TriedVersion]] = defaultdict(list)
        self._drafts = 0
        self._crossings = 0
        self._fruitless = 0
        self._is_silent = False
        self._is_budget_used_up = False

    @property
    def end(self) -> EndOfPlan:
        """See `Plan`."""
        if self._is_budget_used_up:
            return "llm_budget"
        return "exhausted" if self._is_silent else "plateau"

    # -- openings

    def next(self, loop: str) -> Opening | None:
        """Open what the bandit chooses among all that can be opened now."""
        choices = self._openings()
        for operator in self._bandit.choose(tuple(choices)):
            opening = choices[operator]
            self._begin(loop, opening)
            return opening
        return None

    def _begin(self, loop: str, opening: Opening) -> None:
        operator, base = opening.operator, opening.base
        self._bandit.begin(operator)
        parent = operator if base is None else base.candidate.id
        if operator == "draft":
            self._drafts += 1
        if isinstance(opening.ask, CrossAsk):
            parent = CROSSINGS
            self._crossings += 1
            self._rounds["cross", _named(opening.ask.first, opening.ask.second)] += 1
        if base is not None:
            self._rounds[operator, base.candidate.id] += 1
        self._lives[loop] = _Life(operator, parent)

    def _openings(self) -> dict[Operator, Opening]:
        """One opening for each operator that has something to work on."""
        found: dict[Operator, Opening | None] = {}
        may_ask = not self._is_silent and not self._is_budget_used_up
        if may_ask:
            found["draft"] = self._draft()
        has_drafted = self._drafts >= FIRST_DRAFTS or self._bandit.is_worn_out("draft")
        if has_drafted or not may_ask:
            found["swap"] = self._swap()
            if may_ask and self._known.settings.is_feedback_on:
                found["refine"] = self._refine()
                found["cross"] = self._cross()
            if may_ask and self._known.settings.is_tuning_on:
                found["tune"] = self._tune()
        return {operator: opening for operator, opening in found.items() if opening}

    def _draft(self) -> Opening:
        known = self._known
        ask = DraftAsk(
            index=self._drafts,
            views=tuple(known.views),
            leaderboard=known.shown_board,
            tried=known.shown_cells,
            attempts=known.attempts(DRAFTS),
            errors=known.shown_errors,
        )
        return Opening("draft", ask)

    def _swap(self) -> Opening | None:
        """The best candidate that was never fitted on one of the views."""
        for standing in self._best_of_families():
            candidate = standing.candidate
            for view in self._views_to_swap:
                if not self._known.was_tried(candidate.fingerprint, view.name):
                    proposal = CandidateProposal(
                        family=candidate.family,
                        title=candidate.title,
                        source=candidate.source,
                        fingerprint=candidate.fingerprint,
                        view=view.name,
                        origin=SWAP_ORIGIN,
                    )
                    return Opening("swap", proposal=proposal, base=standing)
        return None

    @property
    def _views_to_swap(self) -> list[View]:
        """A model's own first, which the main lane never tries; the latest first of each."""
        own = view_prefix("added")
        views = reversed(self._known.views)
        return sorted(views, key=lambda view: not view.name.startswith(own))

    def _refine(self) -> Opening | None:
        bound = self._known.settings.model_rounds
        known = self._known
        best = known.board.best_by(lambda c: (c.family, c.view.name))
        free = [
            s for s in best[:STARTING_POINTS] if s.candidate.id not in known.taken_apart
        ]
        base = self._least_tried("refine", free, bound)
        if base is None:
            return None
        count = self._rounds["refine", base.candidate.id] + 1
        ask = refine_ask(base, count, known).model_copy(
            update={
                "attempts": known.attempts(base.candidate.id),
                "errors": known.shown_errors,
            }
        )
        return Opening("refine", ask, base=base)

    def _tune(self) -> Opening | None:
        bound = self._known.settings.tuning_rounds
        base = self._least_tried("tune", self._best_of_families(), bound)
        if base is None:
            return None
        count = self._rounds["tune", base.candidate.id] + 1
        cell = base.candidate.family, base.candidate.view.name
        history = tuple(self._history[cell][-REMEMBERED_VERSIONS:])
        ask = tune_ask(base, count, history, self._known.shown_board)
        return Opening("tune", ask, base=base)

    def _cross(self) -> Opening | None:
        """Cross the two best families that were crossed least often."""
        known = self._known
        pairs = [
            cross_ask(self._crossings + 1, first, second, known)
            for first, second in combinations(self._best_of_families(), 2)
        ]
        if not pairs:
            return None
        ask = min(pairs, key=lambda p: self._rounds["cross", _named(p.first, p.second)])
        base = known.board.standing_of(ask.first.candidate)
        return Opening("cross", ask, base=base)

    def _best_of_families(self) -> tuple[Standing, ...]:
        best = self._known.board.best_by(lambda candidate: (candidate.family,))
        return best[:STARTING_POINTS]

    def _least_tried(
        self, operator: Operator, standings: Sequence[Standing], bound: int | None
    ) -> Standing | None:
        """The best of those that served as a starting point least often."""
        counts = [self._rounds[operator, s.candidate.id] for s in standings]
        if not counts or (bound is not None and min(counts) >= bound):
            return None
        return standings[counts.index(min(counts))]

    def follow_up(self, loop: Loop, *, may_go_on: bool) -> Opening | None:
        """Every version has a loop of its own, so that the bandit can tell them apart."""

    # -- what became of them

    def note_pooled(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> None:
        """See `Plan`."""
        tried = TriedVersion(source=candidate.source, score=rounded(scored.score))
        self._history[candidate.family, candidate.view.name].append(tried)
        life = self._lives.get(loop.id)
        if life is None:
            return
        life.outcome = mean_and_error(scored.score, scored.standard_error)
        life.waiting.add(candidate.id)
        self._of_candidate[candidate.id] = life
        self._credit.wait_for(candidate.id)

    def note_answer(self) -> None:
        """See `Plan`."""
        self._fruitless = 0

    def note_fruitless(self) -> None:
        """See `Plan`."""
        self._fruitless += 1
        self._is_silent |= self._fruitless >= FRUITLESS_ASKS

    def note_budget_used_up(self) -> None:
        """See `Plan`."""
        self._is_budget_used_up = True

    def open_again(self) -> None:
        """See `Plan`."""
        self._fruitless = 0
        self._is_silent = self._is_budget_used_up = False

    def no_more_ideas(self, loop: Loop) -> str:
        """See `Plan`."""
        life = self._lives.get(loop.id)
        if life is None:
            return "the proposer has nothing to offer"
        self._bandit.give_up(life.operator)
        return f"the proposer has nothing to offer for {life.operator!r}"

    def note_closed(self, loop: Loop) -> None:
        """Remember what became of it; its worth is known once ensembles were built with it."""
        life = self._lives.pop(loop.id, None)
        if life is None:
            return
        life.cost = max(1.0, loop.cost)
        life.is_closed = True
        if loop.candidate is not None:
            outcome = life.outcome or _in_few_words(loop.last_word)
            attempt = Attempt(
                operator=life.operator, title=loop.candidate.title, outcome=outcome
            )
            self._known.remember(life.parent, attempt)
        self._settle(life)

    def note_ensemble(self, ensemble: Ensemble) -> None:
        """Give credit for what it gained."""
        for candidate, gain in self._credit.take(ensemble).items():
            life = self._of_candidate.pop(candidate)
            life.gain += gain
            life.waiting.discard(candidate)
            self._settle(life)

    def _settle(self, life: _Life) -> None:
        if life.is_closed and not life.waiting:
            self._bandit.end(life.operator, life.gain, life.cost)


def _in_few_words(reason: str) -> str:
    """Why a loop ended, without what our own errors say: they may quote cells."""
    return reason.partition(":")[0] if reason.startswith(OWN_FAULT) else reason


def _named(first: Parent, second: Parent) -> str:
    return f"{first.candidate}+{second.candidate}"
