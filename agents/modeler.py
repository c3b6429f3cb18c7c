"""The Modeler opens candidate loops, takes them rung by rung, refines and closes them."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from agents.asking import refine_ask, tune_ask
from agents.forecast import is_in_time
from agents.improving import Improvement, Improver, is_worthwhile
from agents.leaderboard import Leaderboard, Standing
from agents.limits import job_limits
from agents.loop import Loop
from agents.trial_budget import TrialBudget
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.asks import Ask, CellCount, DraftAsk, RefineAsk, ScoredCandidate
from schemas.base import Frozen
from schemas.candidate import RAW_VIEW, Candidate, View
from schemas.commands import Propose, RunJob
from schemas.envelope import Envelope
from schemas.inputs import (
    EffectFailed,
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    Tick,
)
from schemas.jobs import Failure, FitJob, FitReport, Rung
from schemas.proposals import CandidateProposal
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    CandidatePooled,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    ModelingFinished,
    RepairReady,
    RepairRefused,
    TaskReady,
    TrialFailed,
    TrialScored,
    TrialStarted,
    Verdict,
    ViewAccepted,
)
from schemas.settings import RunSettings
from schemas.task import Task

EXPERT = "expert"
OPEN_LOOPS = 8
WAITING_LOOPS = 2
"""Against the clock so many loops are open besides those that the workers are busy with."""
REFINEMENTS_PER_LOOP = 1
REFINED_RANKS = 5
FRUITLESS_ASKS = 8
UNDISTURBED_DRAFTS = 24
"""So many drafts come first; after that every second loop improves what is there."""
DRAFTS_BEFORE_ROUNDS = OPEN_LOOPS
"""So many come first where the user asked for rounds of tuning."""
PASSING_VERDICTS = frozenset({"sound", "leaking"})
"""A leak is for the user to judge: nobody else knows what will be known at predict time."""


class Modeler:
    """Keeps many loops open at once, so that workers are never idle while there is work."""

    name = "modeler"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            ViewAccepted,
            Proposed,
            ProposeFailed,
            FitFinished,
            JobFailed,
            EffectFailed,
            Verdict,
            RepairReady,
            RepairRefused,
            ExplorationClosed,
            Tick,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._voice = Voice(self.name, settings.seed)
        self._open_loops = OPEN_LOOPS
        if settings.trials is None and settings.proposer == EXPERT:
            # What is asked late knows more: which views there are, what paid.
            self._open_loops = settings.workers + WAITING_LOOPS
        self._loops: dict[str, Loop] = {}
        self._views: list[View] = [RAW_VIEW]
        self._seen: set[tuple[str, str]] = set()
        self._tried: Counter[tuple[str, str]] = Counter()
        self._improver = Improver(settings)
        self._opened = 0
        self._scored: dict[str, TrialScored] = {}
        self._drafts = 0
        self._candidates = 0
        self._fruitless = 0
        self._elapsed = 0.0
        self._is_exhausted = False
        self._is_over = False

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case Tick(elapsed_seconds=elapsed):
                self._elapsed = elapsed
                return []
            case TaskReady(task=task):
                return self._begin(task)
            case ViewAccepted(view=view):
                self._views.append(view)
                return []
            case ExplorationClosed(reason=reason):
                return self._stop(reason)
            case _ if self._is_over:
                return []
            case _:
                loop = self._loops.get(event.loop or "")
                return [] if loop is None else self._decide_loop(event, loop)

    def _decide_loop(self, event: Envelope, loop: Loop) -> Sequence[Statement]:
        match event.body:
            case Proposed(proposal=CandidateProposal() as proposal):
                return self._take_proposal(loop, proposal)
            case Proposed():
                return self._end_of_ideas(loop)
            case ProposeFailed(message=message):
                return self._fruitless_ask(loop, f"the ask failed: {message}")
            case FitFinished(report=report) if event.key in loop.pending:
                return self._take_report(loop, event.key or "", report)
            case JobFailed(failure=failure) if event.key in loop.pending:
                return self._fail(loop, event.key or "", failure)
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

    # -- opening and closing loops

    def _begin(self, task: Task) -> Sequence[Statement]:
        self._task = task
        self._rungs = [Rung.SMOKE, Rung.SCREEN, Rung.FULL]
        if task.folds == 1:
            self._rungs.remove(Rung.SCREEN)
        self._budget = TrialBudget(self._settings.trials, len(self._rungs))
        self._board = Leaderboard(greater_is_better=task.greater_is_better)
        return self._fill()

    def _fill(self) -> list[Statement]:
        """Open loops while there is room, or say that there is nothing left to do."""
        statements: list[Statement] = []
        while self._has_room and (opened := self._open_next()):
            statements += opened
        if not self._loops and not self._is_over:
            self._is_over = True
            finished = ModelingFinished(reason=self._why_finished)
            statements.append(self._voice.say(finished))
        return statements

    @property
    def _has_room(self) -> bool:
        return len(self._loops) < self._open_loops and self._budget.has_room_for_a_life

    @property
    def _why_finished(self) -> Literal["exhausted", "trials", "plateau"]:
        if not self._budget.has_room_for_a_life:
            return "trials"
        return "plateau" if self._improver.opened else "exhausted"

    def _open_next(self) -> list[Statement]:
        """Open a loop for a draft or for an improvement, whose turn it is; or none."""
        if not self._is_exhausted and not self._is_turn_of_improvements:
            return self._open_draft()
        improvement = self._improver.next(self._board)
        if improvement is not None:
            return self._open_improvement(improvement)
        return [] if self._is_exhausted else self._open_draft()

    @property
    def _is_turn_of_improvements(self) -> bool:
        is_asked_for = bool(self._settings.tuning_rounds)
        first = DRAFTS_BEFORE_ROUNDS if is_asked_for else UNDISTURBED_DRAFTS
        return self._improver.opened < self._drafts - first

    def _open_draft(self) -> list[Statement]:
        ask = DraftAsk(
            index=self._drafts,
            views=tuple(self._views),
            leaderboard=self._shown_board,
            tried=self._shown_cells,
        )
        self._drafts += 1
        return self._open(self._new_loop(), ask, "draft")

    def _open_improvement(self, improvement: Improvement) -> list[Statement]:
        loop, base = self._new_loop(), improvement.base
        loop.improvement, loop.base = improvement, base.candidate
        self._improver.note_parent(loop.id, base.candidate)
        if improvement.arm.operator == "tune":
            ask: Ask = tune_ask(
                base,
                improvement.round,
                self._improver.history(base.candidate.family, base.candidate.view.name),
                self._shown_board,
            )
        else:
            ask = self._refine_ask(base, improvement.round)
        return self._open(loop, ask, improvement.arm.operator)

    def _new_loop(self) -> Loop:
        loop = Loop(f"c{self._opened:02d}", self._budget.reserve(0) or 0)
        self._opened += 1
        self._loops[loop.id] = loop
        return loop

    def _open(self, loop: Loop, ask: Ask, purpose: str) -> list[Statement]:
        asked = self._voice.ask(Propose(ask=ask), purpose=purpose, loop=loop.id)
        loop.ask = asked.key
        return [self._voice.say(LoopOpened(), loop.id), asked]

    @property
    def _shown_board(self) -> tuple[ScoredCandidate, ...]:
        return self._board.shown() if self._settings.is_feedback_on else ()

    @property
    def _shown_cells(self) -> tuple[CellCount, ...]:
        """How the versions so far spread over families and views."""
        return tuple(
            CellCount(family=family, view=view, count=count)
            for (family, view), count in self._tried.most_common()
        )

    def _close(self, loop: Loop, reason: str) -> list[Statement]:
        del self._loops[loop.id]
        if loop.improvement is not None:
            self._improver.end(loop.improvement.arm, has_paid=loop.has_paid)
        self._budget.release(loop.trials_reserved)
        closed = self._voice.say(LoopClosed(reason=reason), loop.id)
        return [closed, *self._fill()]

    def _stop(self, reason: str) -> list[Statement]:
        """Exploration is over: take back what is out and close every loop."""
        self._is_over = True
        keys = tuple(key for loop in self._loops.values() for key in loop.open_keys)
        statements = [
            self._voice.say(LoopClosed(reason=f"exploration closed: {reason}"), loop)
            for loop in self._loops
        ]
        if keys:
            statements.append(self._voice.say(CancelEffects(keys=keys)))
        self._loops.clear()
        return statements

    # -- proposals

    def _take_proposal(
        self, loop: Loop, proposal: CandidateProposal
    ) -> list[Statement]:
        loop.ask = None
        identity = (proposal.fingerprint, proposal.view)
        if identity in self._seen:
            return self._fruitless_ask(loop, "the same source was tried before")
        self._fruitless = 0
        self._seen.add(identity)
        return self._try_version(loop, self._version(loop, proposal))

    def _take_repair(self, loop: Loop, mended: Candidate) -> list[Statement]:
        """A repair may end up as what another loop had before."""
        identity = (mended.fingerprint, mended.view.name)
        if identity in self._seen:
            return self._close(loop, "its repair is a source that was tried before")
        self._seen.add(identity)
        return self._try_version(loop, mended)

    def _version(self, loop: Loop, proposal: CandidateProposal) -> Candidate:
        old = loop.candidate
        version = 1 if old is None else old.version + 1
        views = {view.name: view for view in self._views}
        return Candidate(
            id=f"{loop.id}-v{version}",
            loop=loop.id,
            version=version,
            family=proposal.family,
            title=proposal.title,
            source=proposal.source,
            fingerprint=proposal.fingerprint,
            view=views.get(proposal.view, RAW_VIEW),
            origin=proposal.origin,
            operator=self._operator(loop),
            parent=None if loop.base is None else loop.base.id,
        )

    def _operator(self, loop: Loop) -> Literal["draft", "refine", "tune"]:
        if loop.improvement is not None:
            return loop.improvement.arm.operator
        return "draft" if loop.base is None else "refine"

    def _end_of_ideas(self, loop: Loop) -> list[Statement]:
        if loop.improvement is not None:
            loop.improvement.arm.give_up()
            return self._close(loop, "the proposer has nothing better to offer")
        if loop.candidate is None:
            self._is_exhausted = True
            return self._close(loop, "the proposer has no further draft")
        return self._close(loop, "refined as far as the proposer goes")

    def _fruitless_ask(self, loop: Loop, reason: str) -> list[Statement]:
        """A proposer that fails again and again must not be asked for ever."""
        self._fruitless += 1
        self._is_exhausted |= self._fruitless >= FRUITLESS_ASKS
        return self._close(loop, reason)

    # -- trials

    def _try_version(self, loop: Loop, candidate: Candidate) -> list[Statement]:
        held = self._budget.reserve(loop.trials_reserved)
        if held is None:
            return self._close(loop, "no trials are left for another version")
        loop.trials_reserved = held
        self._candidates += 1
        self._tried[candidate.family, candidate.view.name] += 1
        loop.take_version(candidate, priority=self._candidates)
        drafted = self._voice.say(CandidateDrafted(candidate=candidate), loop.id)
        return [drafted, *self._start_trial(loop, candidate, self._first_rung(loop))]

    def _first_rung(self, loop: Loop) -> Rung:
        """Against the clock, sources of the built-in proposer need no smoke trial."""
        candidate = loop.candidate
        is_known = candidate is not None and candidate.origin == EXPERT
        is_timed = self._settings.budget_seconds is not None
        return self._rungs[1 if is_known and is_timed else 0]

    def _is_in_time(self, screened: TrialScored) -> bool:
        return is_in_time(self._settings, self._task, self._elapsed, screened)

    def _start_trial(
        self, loop: Loop, candidate: Candidate, rung: Rung
    ) -> list[Statement]:
        loop.rung = rung
        loop.trials_reserved -= 1
        folds = [0]
        if rung is Rung.FULL:
            folds = [f for f in range(self._task.folds) if f not in loop.reports]
        jobs = [self._job(loop, candidate, fold) for fold in folds]
        loop.pending = {
            job.key: fold for job, fold in zip(jobs, folds, strict=True) if job.key
        }
        started = TrialStarted(candidate=candidate.id, rung=rung, jobs=len(jobs))
        return [self._voice.say(started, loop.id), *jobs]

    def _job(self, loop: Loop, candidate: Candidate, fold: int) -> Statement:
        job = FitJob(
            candidate=candidate.id,
            rung=loop.rung,
            fold=fold,
            source=candidate.source,
            view=candidate.view,
            seed=derived_seed(self._settings.seed, loop.id),
            limits=job_limits(self._settings, self._elapsed, loop.rung),
        )
        return self._voice.ask(
            RunJob(job=job, priority=loop.priority),
            purpose=f"{candidate.id}/{loop.rung}",
            n=fold,
            loop=loop.id,
        )

    def _take_report(
        self, loop: Loop, key: str, report: FitReport
    ) -> Sequence[Statement]:
        loop.reports[loop.pending.pop(key)] = report
        if loop.pending or loop.candidate is None:
            return []
        scored = loop.scored_trial(loop.candidate)
        if loop.rung is Rung.SMOKE:
            loop.reports = {}
        self._scored[loop.id] = scored
        return [self._voice.say(scored, loop.id)]

    def _effect_failed(self, loop: Loop, key: str, message: str) -> list[Statement]:
        if key == loop.ask:
            return self._fruitless_ask(loop, f"the ask failed: {message}")
        failure = Failure(kind="internal", stage="load", message=message)
        return self._fail(loop, key, failure)

    def _fail(self, loop: Loop, key: str, failure: Failure) -> list[Statement]:
        """One failed job fails the trial; its other jobs are taken back."""
        if loop.candidate is None:
            return []
        del loop.pending[key]
        others, loop.pending = tuple(loop.pending), {}
        failed = TrialFailed(candidate=loop.candidate, rung=loop.rung, failure=failure)
        statements = [self._voice.say(failed, loop.id)]
        if others:
            statements.append(self._voice.say(CancelEffects(keys=others), loop.id))
        return statements

    # -- verdicts

    def _take_verdict(self, loop: Loop, verdict: Verdict) -> list[Statement]:
        candidate, scored = loop.candidate, self._scored[loop.id]
        if candidate is None or verdict.candidate != candidate.id:
            return []
        if verdict.verdict not in PASSING_VERDICTS:
            return self._close(loop, f"{verdict.verdict}: {verdict.reason}")
        if verdict.rung is Rung.FULL:
            return self._pool(loop, candidate, scored)
        if verdict.rung is Rung.SCREEN and self._board.is_hopeless(scored.score):
            return self._close(loop, "its first fold is worse than all of the best")
        if verdict.rung is Rung.SCREEN and not self._is_in_time(scored):
            return self._close(loop, "its other folds would not be fitted in time")
        after = self._rungs[self._rungs.index(verdict.rung) + 1]
        return self._start_trial(loop, candidate, after)

    def _pool(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> list[Statement]:
        self._board.add(candidate, scored)
        self._improver.note(candidate, scored.score)
        if loop.improvement is not None:
            before = loop.improvement.base.score
            loop.has_paid |= is_worthwhile(self._board, before, scored.score)
        pooled = CandidatePooled(fit=scored.fit, standard_error=scored.standard_error)
        statements = [self._voice.say(pooled, loop.id)]
        base = self._worth_refining(loop)
        if base is None:
            return [*statements, *self._close(loop, "pooled")]
        return [*statements, self._ask_refinement(loop, base)]

    def _worth_refining(self, loop: Loop) -> Standing | None:
        """The loop's best version, if it leads its family and view and is good enough.

        Against the clock the expert's whole portfolio comes before refinements.
        """
        best = self._board.best_by(lambda c: (c.family, c.view.name))
        leading = [s for s in best if s.candidate.loop == loop.id]
        is_hurried = self._settings.budget_seconds is not None
        if (
            loop.improvement is not None
            or not leading
            or (is_hurried and leading[0].candidate.origin == EXPERT)
            or not self._improver.may_refine(loop.id, REFINEMENTS_PER_LOOP)
            or not self._budget.has_room_for_a_life
            or self._board.rank_of(leading[0].candidate.id) >= REFINED_RANKS
        ):
            return None
        return leading[0]

    def _ask_refinement(self, loop: Loop, base: Standing) -> Statement:
        count = self._improver.count_refinement(loop.id)
        loop.base = base.candidate
        ask = self._refine_ask(base, count)
        asked = self._voice.ask(
            Propose(ask=ask), purpose="refine", n=count, loop=loop.id
        )
        loop.ask = asked.key
        return asked

    def _refine_ask(self, base: Standing, count: int) -> RefineAsk:
        return refine_ask(
            base,
            count,
            tuple(self._views),
            self._board.best_version(),
            self._shown_board,
        )
