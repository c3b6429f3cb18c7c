"""What is known of a run so far, gathered from its envelopes one by one."""

from dataclasses import dataclass, field
from typing import assert_never

from reports.llm import LlmAccount
from reports.stages import StageAccounts
from schemas.clusters import ClusterSurvey
from schemas.commands import RunJob
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import (
    EffectCancelled,
    HoldoutScored,
    Proposed,
    RunContinued,
    RunStarted,
    TablePrepared,
    WorkersReady,
)
from schemas.proposals import (
    CandidateProposal,
    ClustersProposal,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)
from schemas.sayings import (
    CandidatePooled,
    EnsembleChosen,
    LoopOpened,
    RepairReady,
    RunCrashed,
    RunFinished,
    TaskReady,
    TrialFailed,
    TrialStarted,
    Verdict,
)
from schemas.task import Task

NANOSECONDS_PER_SECOND = 1_000_000_000


@dataclass(slots=True)
class SessionClock:
    """Adds up the time of sessions, leaving out the gaps between them."""

    session: int = -1
    started: int = 0
    latest: int = 0
    earlier: int = 0

    def hear(self, session: int, t: int) -> None:
        """Take in the time of an input, in nanoseconds since the epoch."""
        if session != self.session:
            self.earlier += self.latest - self.started
            self.session, self.started, self.latest = session, t, t
        self.latest = max(self.latest, t)

    def seconds(self) -> float:
        """Return the time so far."""
        total = self.earlier + self.latest - self.started
        return total / NANOSECONDS_PER_SECOND


@dataclass(slots=True)
class Tally:
    """How often things happened so far; `Counts` says what each number means."""

    proposals: int = 0
    loops: int = 0
    trials: int = 0
    jobs: int = 0
    failures: int = 0
    repairs: int = 0
    pooled: int = 0


@dataclass(slots=True)
class RunFold:
    """What is known of a run so far; it holds no more than the jobs in flight."""

    task: Task | None = None
    ensemble: Ensemble | None = None
    holdout: HoldoutScored | None = None
    openings: int = 0
    started: RunStarted | None = None
    isolation: tuple[tuple[str, str], ...] = ()
    end: RunFinished | RunCrashed | None = None
    table_warnings: tuple[str, ...] = ()
    leak_warnings: tuple[str, ...] = ()
    survey: ClusterSurvey | None = None
    tally: Tally = field(default_factory=Tally)
    clock: SessionClock = field(default_factory=SessionClock)
    open_jobs: set[str] = field(default_factory=set)
    stages: StageAccounts = field(default_factory=StageAccounts)
    llm: LlmAccount = field(default_factory=LlmAccount)
    tokens: int = 0
    money: float = 0.0
    peak_bytes: int = 0
    events: int = 0
    digest: str = ""

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line of the journal."""
        self.events += 1
        self.digest = envelope.chain
        self.stages.hear(envelope)
        self.llm.hear(envelope)
        if envelope.io == "in":
            # A run that hears something was resumed or continued after its end.
            self.end = None
            # Outputs carry their input's time, which may be of an earlier session.
            self.clock.hear(envelope.session, envelope.t)
            self._close_job(envelope)
            self._hear_input(envelope)
        else:
            self._hear_output(envelope)

    def _close_job(self, envelope: Envelope) -> None:
        if envelope.key is None or envelope.key not in self.open_jobs:
            return
        self.open_jobs.remove(envelope.key)
        if not isinstance(envelope.body, EffectCancelled):
            self.tally.jobs += 1

    def _hear_input(self, envelope: Envelope) -> None:
        cost = envelope.cost
        if cost is not None:
            self.tokens += cost.tokens
            self.money += cost.money
            self.peak_bytes = max(self.peak_bytes, cost.peak_bytes)
        match envelope.body:
            case RunStarted() as body:
                self.started = body
            case RunContinued():
                # That score is of an ensemble which is no longer the last.
                self.holdout = None
            case WorkersReady(isolation=isolation):
                self.isolation = isolation
            case TablePrepared() as body:
                self.task = body.task
                self.survey = body.survey
                self.table_warnings = body.profile.warnings
            case Proposed(proposal=proposal):
                self.tally.proposals += _holds_something(proposal)
            case HoldoutScored() as body:
                self.holdout = body
                self.openings = body.opening
            case _:
                return

    def _hear_output(self, envelope: Envelope) -> None:
        tally = self.tally
        match envelope.body:
            case RunJob() if envelope.key is not None:
                self.open_jobs.add(envelope.key)
            case TaskReady(task=task):
                self.task = task
            case LoopOpened():
                tally.loops += 1
            case TrialStarted():
                tally.trials += 1
            case TrialFailed():
                tally.failures += 1
            case RepairReady():
                tally.repairs += 1
            case CandidatePooled():
                tally.pooled += 1
            case Verdict(verdict="leaking", reason=reason):
                if reason not in self.leak_warnings:
                    self.leak_warnings += (reason,)
            case EnsembleChosen(ensemble=ensemble):
                self.ensemble = ensemble
            case RunFinished() | RunCrashed() as body:
                self.end = body
            case _:
                return


def _holds_something(proposal: Proposal) -> bool:
    match proposal:
        case (
            CandidateProposal()
            | RepairProposal()
            | StrategyProposal()
            | ClustersProposal()
        ):
            return True
        case FeatureProposal(programs=programs):
            return bool(programs)
        case NoProposal():
            return False
        case _:
            assert_never(proposal)
