"""The Modeler opens candidate loops, takes them rung by rung, refines and closes them."""

from collections.abc import Sequence

from agents.leaderboard import Leaderboard, rounded
from agents.limits import job_limits
from agents.loop import Loop
from agents.trial_budget import TrialBudget
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.asks import DraftAsk, RefineAsk
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

OPEN_LOOPS = 8
REFINEMENTS_PER_LOOP = 1
REFINED_RANKS = 5
FRUITLESS_ASKS = 8


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
        self._open_loops = max(OPEN_LOOPS, 2 * settings.workers)
        if settings.trials is not None:
            self._open_loops = OPEN_LOOPS
        self._loops: dict[str, Loop] = {}
        self._views: list[View] = [RAW_VIEW]
        self._seen: set[tuple[str, str]] = set()
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
                return self._try_version(loop, candidate)
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
        while self._may_open:
            statements += self._open_loop()
        if not self._loops and not self._is_over:
            self._is_over = True
            reason = "exhausted" if self._budget.has_room_for_a_life else "trials"
            statements.append(self._voice.say(ModelingFinished(reason=reason)))
        return statements

    @property
    def _may_open(self) -> bool:
        return (
            not self._is_exhausted
            and len(self._loops) < self._open_loops
            and self._budget.has_room_for_a_life
        )

    def _open_loop(self) -> list[Statement]:
        index, self._drafts = self._drafts, self._drafts + 1
        loop = Loop(f"c{index:02d}", self._budget.reserve(0) or 0)
        self._loops[loop.id] = loop
        ask = DraftAsk(
            index=index, views=tuple(self._views), leaderboard=self._board.shown()
        )
        asked = self._voice.ask(Propose(ask=ask), purpose="draft", loop=loop.id)
        loop.ask = asked.key
        return [self._voice.say(LoopOpened(), loop.id), asked]

    def _close(self, loop: Loop, reason: str) -> list[Statement]:
        del self._loops[loop.id]
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
            operator="draft" if old is None else "refine",
            parent=None if old is None else old.id,
        )

    def _end_of_ideas(self, loop: Loop) -> list[Statement]:
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
        loop.take_version(candidate, priority=self._candidates)
        drafted = self._voice.say(CandidateDrafted(candidate=candidate), loop.id)
        return [drafted, *self._start_trial(loop, candidate, Rung.SMOKE)]

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
        if verdict.verdict != "sound":
            return self._close(loop, f"{verdict.verdict}: {verdict.reason}")
        if verdict.rung is Rung.FULL:
            return self._pool(loop, candidate, scored)
        if verdict.rung is Rung.SCREEN and self._board.is_hopeless(scored.score):
            return self._close(loop, "its first fold is worse than all of the best")
        after = self._rungs[self._rungs.index(verdict.rung) + 1]
        return self._start_trial(loop, candidate, after)

    def _pool(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> list[Statement]:
        self._board.add(candidate, scored)
        pooled = CandidatePooled(fit=scored.fit, standard_error=scored.standard_error)
        statements = [self._voice.say(pooled, loop.id)]
        if not self._is_worth_refining(loop, candidate):
            return [*statements, *self._close(loop, "pooled")]
        return [*statements, self._ask_refinement(loop, candidate, scored)]

    def _is_worth_refining(self, loop: Loop, candidate: Candidate) -> bool:
        return (
            loop.refinements < REFINEMENTS_PER_LOOP
            and self._budget.has_room_for_a_life
            and self._board.rank_of(candidate.id) < REFINED_RANKS
        )

    def _ask_refinement(
        self, loop: Loop, candidate: Candidate, scored: TrialScored
    ) -> Statement:
        loop.refinements += 1
        ask = RefineAsk(
            candidate=candidate.id,
            source=candidate.source,
            family=candidate.family,
            title=candidate.title,
            view=candidate.view,
            score=rounded(scored.score),
            standard_error=rounded(scored.standard_error),
            round=loop.refinements,
            views=tuple(self._views),
            leaderboard=self._board.shown(),
        )
        asked = self._voice.ask(
            Propose(ask=ask), purpose="refine", n=loop.refinements, loop=loop.id
        )
        loop.ask = asked.key
        return asked
