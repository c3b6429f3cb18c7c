"""The Modeler opens candidate loops, takes them rung by rung, refines and closes them."""

from collections.abc import Sequence
from typing import Literal

from agents.ablations import Ablations
from agents.known import Known
from agents.lanes import (
    asks_model,
    candidate_loop,
    is_led_by_expert,
    modeler_name,
    trial_bound,
)
from agents.leaderboard import Leaderboard
from agents.loop import Loop
from agents.neighbours import Neighbours
from agents.opening import Opening
from agents.operator_plan import OperatorPlan
from agents.plan import Plan
from agents.portfolio_plan import PortfolioPlan
from agents.racing import LEADERS_PRIORITY, TOO_LATE, Racing, in_full_trial
from agents.share import Share
from agents.trial_budget import TrialBudget
from agents.trials import Trials
from bus.agent import Statement, Voice
from schemas.base import Frozen
from schemas.candidate import Candidate
from schemas.commands import Propose
from schemas.envelope import Envelope
from schemas.inputs import (
    AblationPlanned,
    EffectFailed,
    ErrorsStudied,
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    RunContinued,
    Tick,
)
from schemas.jobs import Failure, FitReport, Rung
from schemas.lane import Lane
from schemas.proposals import CandidateProposal
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    FeatureJudged,
    LoopClosed,
    LoopOpened,
    ModelingFinished,
    RepairReady,
    RepairRefused,
    TaskReady,
    TrialScored,
    Verdict,
    ViewAccepted,
)
from schemas.settings import RunSettings
from schemas.task import Task

OPEN_LOOPS = 8
WAITING_LOOPS = 2
"""Against the clock so many loops are open besides those that the workers are busy with."""
ADDED_OPEN_LOOPS = 4
"""Few, so that each ask can tell what became of those before it."""
PASSING_VERDICTS = frozenset({"sound", "leaking"})
"""A leak is for the user to judge: nobody else knows what will be known at predict time."""


class Modeler:
    """Keeps many loops open at once, so that workers are never idle while there is work.

    Args:
        settings: What the user asked for.
        lane: Which of a hybrid run's two Modelers it is.
    """

    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            ViewAccepted,
            Proposed,
            ProposeFailed,
            FitFinished,
            JobFailed,
            EffectFailed,
            ErrorsStudied,
            AblationPlanned,
            Verdict,
            CandidateDrafted,
            TrialScored,
            CandidatePooled,
            LoopClosed,
            FeatureJudged,
            RepairReady,
            RepairRefused,
            EnsembleChosen,
            ModelingFinished,
            ExplorationClosed,
            RunContinued,
            Tick,
        }
    )

    def __init__(self, settings: RunSettings, lane: Lane = "main") -> None:
        self.name = modeler_name(lane)
        self._settings = settings
        self._lane: Lane = lane
        self._voice = Voice(self.name, settings.seed)
        self._loops: dict[str, Loop] = {}
        # What waits for the lane's share: a trial at a rung, or (None) an ablation.
        self._parked: dict[str, Rung | None] = {}
        self._opened = 0
        self._candidates = 0
        self._elapsed = 0.0
        self._has_begun = False
        self._is_over = False

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case TaskReady(task=task):
                return self._begin(task)
            case ExplorationClosed(reason=reason):
                return self._stop(reason)
            case Tick(elapsed_seconds=elapsed):
                return self._hear_clock(elapsed)
            case RunContinued(settings=settings):
                return self._continue(settings)
            case _ if self._is_over:
                return []
            case EnsembleChosen(ensemble=ensemble):
                self._plan.note_ensemble(ensemble)
                return []
            case _:
                loop = self._loops.get(event.loop or "")
                if loop is not None:
                    return self._decide_loop(event, loop)
                return self._hear_others(event)

    def _decide_loop(self, event: Envelope, loop: Loop) -> Sequence[Statement]:
        match event.body:
            case _ if event.key in self._ablations.keys_of(loop):
                return self._hear_ablation(event, loop)
            case Proposed(proposal=CandidateProposal() as proposal):
                return self._take_proposal(loop, proposal)
            case Proposed():
                return self._close(loop, self._plan.no_more_ideas(loop))
            case ProposeFailed(message=message, is_budget_used_up=is_used_up):
                return self._ask_failed(loop, message, is_used_up=is_used_up)
            case FitFinished(report=report) if event.key in loop.pending:
                return self._take_report(loop, event.key or "", report)
            case JobFailed(failure=failure, seconds=s) if event.key in loop.pending:
                return self._fail(loop, event.key or "", failure, s)
            case EffectFailed(message=message) if event.key in loop.open_keys:
                return self._effect_failed(loop, event.key or "", message)
            case Verdict() as verdict:
                return self._take_verdict(loop, verdict)
            case RepairReady(candidate=candidate):
                return self._take_repair(loop, candidate)
            case RepairRefused(reason=reason):
                return self._close(loop, reason)
            case _:
                return []

    def _hear_clock(self, elapsed_seconds: float) -> Sequence[Statement]:
        self._elapsed = elapsed_seconds
        if not self._has_begun or self._is_over:
            return []
        self._trials.elapsed = elapsed_seconds
        return self._unpark()

    def _hear_others(self, event: Envelope) -> Sequence[Statement]:
        """What the main lane brings may be something to begin with in the added one."""
        if not self._has_begun:
            return []
        statements = [*self._neighbours.hear(event)]
        if self._lane == "added":
            statements += [*self._unpark(), *self._fill()]
        return statements

    # -- opening and closing loops

    def _begin(self, task: Task) -> Sequence[Statement]:
        settings, lane = self._settings, self._lane
        self._has_begun = True
        self._trials = Trials(settings, self._voice, task, self._elapsed)
        life = len(self._trials.rungs)
        self._budget = TrialBudget(trial_bound(settings, lane), life)
        board = Leaderboard(greater_is_better=task.greater_is_better)
        self._known = Known(settings, board)
        self._racing = Racing(self._trials, board)
        self._share = Share(settings)
        self._plan: Plan = PortfolioPlan(self._known)
        if asks_model(settings, lane):
            sign = 1.0 if task.greater_is_better else -1.0
            self._plan = OperatorPlan(self._known, sign)
        self._neighbours = Neighbours(
            settings, lane, self._voice, self._known, self._share, task
        )
        self._ablations = Ablations(
            lane, self._trials, self._known, self._share, self._budget
        )
        if task.clusters == 1:
            self._is_over = True
            return [self._voice.say(ModelingFinished(reason="no_structure"))]
        return self._fill()

    def _continue(self, settings: RunSettings) -> Sequence[Statement]:
        """Go on under other settings; loops that are open stay so."""
        self._settings = self._trials.settings = self._known.settings = settings
        self._neighbours.settings = settings
        self._share.change(settings)
        self._budget.change(trial_bound(settings, self._lane))
        if self._is_over:
            self._is_over = False
            self._plan.open_again()
        return self._fill()

    def _fill(self) -> list[Statement]:
        """Open loops while there is room, or say that there is nothing left to do."""
        statements: list[Statement] = []
        while self._has_room and (opened := self._open_next()):
            statements += opened
        if not self._loops and not self._is_over and not self._may_open_later:
            self._is_over = True
            finished = ModelingFinished(reason=self._why_finished)
            statements.append(self._voice.say(finished))
        return statements

    @property
    def _has_room(self) -> bool:
        return len(self._loops) < self._most_loops and self._budget.has_room_for_a_life

    @property
    def _most_loops(self) -> int:
        if self._lane == "added":
            return ADDED_OPEN_LOOPS
        if self._settings.trials is None and is_led_by_expert(self._settings):
            # What is asked late knows more: which views there are, what paid.
            return self._settings.workers + WAITING_LOOPS
        return OPEN_LOOPS

    @property
    def _may_open_later(self) -> bool:
        """Whether the other lane may still bring something to begin with."""
        return self._budget.has_room_for_a_life and self._neighbours.may_bring_more

    @property
    def _why_finished(
        self,
    ) -> Literal["exhausted", "trials", "plateau", "llm_budget"]:
        return self._plan.end if self._budget.has_room_for_a_life else "trials"

    def _open_next(self) -> list[Statement]:
        name = candidate_loop(self._lane, self._opened)
        opening = self._plan.next(name)
        if opening is None:
            return []
        loop = Loop(name, self._budget.reserve(0) or 0, opening=opening)
        self._opened += 1
        self._loops[loop.id] = loop
        opened = self._voice.say(LoopOpened(), loop.id)
        if opening.proposal is not None:
            return [opened, *self._take_proposal(loop, opening.proposal)]
        return [opened, *(self._ablations.begin(loop) or self._ask(loop, opening))]

    def _ask(self, loop: Loop, opening: Opening, n: int = 0) -> list[Statement]:
        if opening.ask is None:
            raise ValueError(f"nothing is asked for {loop.id}")
        ask = self._ablations.informed(opening.ask)
        command = Propose(ask=ask, lane=self._lane)
        asked = self._voice.ask(command, purpose=opening.operator, n=n, loop=loop.id)
        loop.ask = asked.key
        return [asked]

    def _close(self, loop: Loop, reason: str) -> list[Statement]:
        del self._loops[loop.id]
        self._parked.pop(loop.id, None)
        is_counted = self._settings.budget_seconds is None
        loop.cost = float(loop.trials) if is_counted else loop.seconds
        loop.last_word = reason
        self._plan.note_closed(loop)
        self._budget.release(loop.trials_reserved)
        closed = self._voice.say(LoopClosed(reason=reason), loop.id)
        return [closed, *self._fill()]

    def _stop(self, reason: str) -> list[Statement]:
        """Exploration is over: take back what is out and close every loop."""
        self._is_over = True
        keys = tuple(key for loop in self._loops.values() for key in loop.open_keys)
        keys += self._ablations.stop()
        self._share.take_back(keys)
        keys += self._neighbours.open_keys
        statements = [
            self._voice.say(LoopClosed(reason=f"exploration closed: {reason}"), loop)
            for loop in self._loops
        ]
        if keys:
            statements.append(self._voice.say(CancelEffects(keys=keys)))
        for loop in self._loops.values():
            self._plan.note_closed(loop)
            self._budget.release(loop.trials_reserved)
        self._loops.clear()
        self._parked.clear()
        return statements

    # -- proposals

    def _take_proposal(
        self, loop: Loop, proposal: CandidateProposal
    ) -> list[Statement]:
        loop.ask = None
        if not self._known.is_new(proposal.fingerprint, proposal.view):
            self._plan.note_fruitless()
            return self._close(loop, "the same source was tried before")
        self._plan.note_answer()
        view = self._known.view(proposal.view)
        return self._try_version(loop, loop.next_version(proposal, view))

    def _take_repair(self, loop: Loop, mended: Candidate) -> list[Statement]:
        """A repair may end up as what another loop had before."""
        if not self._known.is_new(mended.fingerprint, mended.view.name):
            return self._close(loop, "its repair is a source that was tried before")
        return self._try_version(loop, mended)

    def _ask_failed(
        self, loop: Loop, message: str, *, is_used_up: bool = False
    ) -> list[Statement]:
        if is_used_up:
            self._plan.note_budget_used_up()
        else:
            self._plan.note_fruitless()
        return self._close(loop, f"the ask failed: {message}")

    # -- ablations

    def _hear_ablation(self, event: Envelope, loop: Loop) -> list[Statement]:
        statements = self._ablations.hear(event, loop)
        statements += [*self._go_on_ablating(loop), *self._unpark()]
        return [*statements, *self._fill()]

    def _go_on_ablating(self, loop: Loop) -> list[Statement]:
        """Start the fits once the lane's share allows it; when all is over, ask."""
        planned = self._ablations.planned(loop)
        if planned and self._must_wait(planned):
            self._parked[loop.id] = None
            return []
        started = self._ablations.start(loop, self._candidates) if planned else []
        if self._ablations.is_open(loop) or loop.opening is None:
            return started
        return self._ask(loop, loop.opening)

    # -- trials

    def _try_version(self, loop: Loop, candidate: Candidate) -> list[Statement]:
        held = self._budget.reserve(loop.trials_reserved)
        if held is None:
            return self._close(loop, "no trials are left for another version")
        loop.trials_reserved = held
        self._candidates += 1
        self._known.count(candidate)
        loop.take_version(candidate, priority=self._candidates)
        drafted = self._voice.say(CandidateDrafted(candidate=candidate), loop.id)
        rung = self._trials.first_rung(candidate)
        return [drafted, *self._start_trial(loop, candidate, rung)]

    def _start_trial(
        self, loop: Loop, candidate: Candidate, rung: Rung
    ) -> list[Statement]:
        """Start a trial now, or once the lane's share of the workers allows it."""
        if self._must_wait(len(self._trials.folds_of(loop, rung))):
            self._parked[loop.id] = rung
            return []
        loop.trials += 1
        started = self._trials.start(loop, candidate, rung)
        self._share.start(tuple(loop.pending))
        return started

    def _must_wait(self, jobs: int) -> bool:
        """Whether the lane's share has no room for so many jobs now."""
        elapsed = self._trials.elapsed
        return self._lane == "added" and not self._share.allows(jobs, elapsed)

    def _unpark(self) -> list[Statement]:
        """Start what had to wait, in the order in which it came."""
        statements: list[Statement] = []
        for name, rung in list(self._parked.items()):
            loop = self._loops[name]
            del self._parked[name]
            if rung is None:
                statements += self._go_on_ablating(loop)
            elif loop.candidate is not None:
                statements += self._start_trial(loop, loop.candidate, rung)
            if name in self._parked:
                break
        return statements

    def _take_report(
        self, loop: Loop, key: str, report: FitReport
    ) -> Sequence[Statement]:
        loop.seconds += report.usage.cpu_seconds
        self._share.end(key, report.usage.seconds)
        return [*self._trials.take_report(loop, key, report), *self._unpark()]

    def _effect_failed(self, loop: Loop, key: str, message: str) -> list[Statement]:
        if key == loop.ask:
            return self._ask_failed(loop, message)
        failure = Failure(kind="internal", stage="load", message=message)
        return self._fail(loop, key, failure, 0.0)

    def _fail(
        self, loop: Loop, key: str, failure: Failure, seconds: float
    ) -> list[Statement]:
        loop.seconds += seconds
        self._share.end(key, seconds)
        self._share.take_back(loop.pending)
        return [*self._trials.fail(loop, key, failure), *self._unpark()]

    # -- verdicts

    def _take_verdict(self, loop: Loop, verdict: Verdict) -> list[Statement]:
        candidate = loop.candidate
        if candidate is None or verdict.candidate != candidate.id:
            return []
        scored = self._trials.scored(loop)
        if verdict.verdict not in PASSING_VERDICTS:
            return self._close(loop, f"{verdict.verdict}: {verdict.reason}")
        if verdict.rung is Rung.FULL:
            return self._pool(loop, candidate, scored)
        if verdict.rung is Rung.SCREEN:
            return self._end_screen(loop, candidate, scored)
        return self._start_trial(loop, candidate, self._trials.after(verdict.rung))

    def _end_screen(
        self, loop: Loop, candidate: Candidate, screened: TrialScored
    ) -> list[Statement]:
        """Fit a candidate on the other folds, before all others if it leads them."""
        running = in_full_trial(self._loops.values())
        is_leading = self._racing.is_leading(screened, running)
        reason = self._racing.why_out(
            candidate.family, screened, running, is_leading=is_leading
        )
        if reason is not None:
            return self._close(loop, reason)
        if not is_leading:
            return self._start_trial(loop, candidate, Rung.FULL)
        loop.priority = LEADERS_PRIORITY
        started = self._start_trial(loop, candidate, Rung.FULL)
        return [*started, *self._drop_late()]

    def _drop_late(self) -> list[Statement]:
        """Close the loops that would not be through in time any more."""
        statements: list[Statement] = []
        running = in_full_trial(self._loops.values())
        for late in self._racing.too_late(running):
            keys, late.pending = tuple(late.pending), {}
            self._share.take_back(keys)
            statements.append(self._voice.say(CancelEffects(keys=keys), late.id))
            statements += self._close(late, TOO_LATE)
        return statements

    def _pool(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> list[Statement]:
        self._known.board.add(candidate, scored)
        self._plan.note_pooled(loop, candidate, scored)
        pooled = CandidatePooled(fit=scored.fit, standard_error=scored.standard_error)
        statements = [self._voice.say(pooled, loop.id)]
        statements += self._neighbours.study(scored.fit)
        may_go_on = self._budget.has_room_for_a_life
        opening = self._plan.follow_up(loop, may_go_on=may_go_on)
        if opening is None:
            return [*statements, *self._close(loop, "pooled")]
        loop.opening = opening
        return [*statements, *self._ask(loop, opening, n=candidate.version)]
