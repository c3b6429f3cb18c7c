"""Has a level-2 learner written, fitted across folds and mended like any candidate."""

from dataclasses import dataclass, field

from agents.lanes import helping_lane
from agents.limits import job_limits
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.asks import StackedColumns, StackerAsk
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import PooledFit, Propose, RunJob, StackerFit
from schemas.envelope import Envelope
from schemas.inputs import (
    EffectFailed,
    FitFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
)
from schemas.jobs import Failure, FitReport, Rung, StackedMember, StackJob
from schemas.proposals import CandidateProposal
from schemas.sayings import (
    CancelEffects,
    CandidateDrafted,
    LoopClosed,
    LoopOpened,
    RepairReady,
    RepairRefused,
    TrialFailed,
)
from schemas.settings import RunSettings
from schemas.task import Task
from tabular.member_names import member_columns

STACKED_MEMBERS = 8
PARTS_OF_ONE_FOLD = 5


STACKER_LETTER = "s"


def stacker_loop(number: int) -> str:
    """Id of the loop of a run's how-manieth stacker: `s00`."""
    return f"{STACKER_LETTER}{number:02d}"


def is_stacker_loop(loop: str) -> bool:
    """Whether a loop is a stacker's."""
    return loop.startswith(STACKER_LETTER)


@dataclass(slots=True)
class Stacker:
    """The life of a written stacker.

    Attributes:
        settings: What the user asked for.
        task: What is to be learned.
        voice: Whose words and jobs these are.
        members: The pooled candidates whose predictions it gets.
        loop: Its loop, `s00` for the first of a run.
        fit: The stacker once every part was predicted.
        reason: Why there is none, once that is clear.
    """

    settings: RunSettings
    task: Task
    voice: Voice
    members: tuple[PooledFit, ...]
    loop: str = "s00"
    fit: StackerFit | None = None
    reason: str | None = None
    _ask: str | None = None
    _candidate: Candidate | None = None
    _pending: dict[str, int] = field(default_factory=dict)
    _reports: dict[int, FitReport] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it is still being written, fitted or mended."""
        return self.fit is None and self.reason is None

    @property
    def parts(self) -> int:
        """Parts that are left out in turn: the folds, unless there is but one."""
        folds = len(self.members[0].folds)
        return folds if folds > 1 else PARTS_OF_ONE_FOLD

    def owns(self, key: str | None) -> bool:
        """Whether an effect is its own."""
        return key is not None and (key == self._ask or key in self._pending)

    def begin(self) -> list[Statement]:
        """Ask for its source."""
        ask = StackerAsk(row_count=self.task.validation_rows, members=self._columns())
        command = Propose(ask=ask, lane=helping_lane(self.settings))
        asked = self.voice.ask(command, purpose="stacker", loop=self.loop)
        self._ask = asked.key
        return [self.voice.say(LoopOpened(), self.loop), asked]

    def hear(self, event: Envelope, elapsed: float) -> list[Statement]:
        """Answer what became of an ask, a job or a repair of its own.

        Args:
            event: An event that it owns, or one of its loop.
            elapsed: Seconds since the run began.
        """
        key = event.key or ""
        match event.body:
            case Proposed(proposal=CandidateProposal() as proposal):
                return self.take_proposal(proposal, elapsed)
            case Proposed():
                return self.close("the proposer writes no stacker")
            case FitFinished(report=report):
                return self.take_report(key, report)
            case JobFailed(failure=failure):
                return self.fail(key, failure)
            case EffectFailed(message=message) if key in self._pending:
                internal = Failure(kind="internal", stage="load", message=message)
                return self.fail(key, internal)
            case ProposeFailed(message=message) | EffectFailed(message=message):
                return self.close(f"the ask for a stacker failed: {message}")
            case RepairReady(candidate=candidate):
                return self.try_version(candidate, elapsed)
            case RepairRefused(reason=reason):
                return self.close(reason)
            case _:
                return []

    def take_proposal(
        self, proposal: CandidateProposal, elapsed: float
    ) -> list[Statement]:
        """Fit what was written."""
        candidate = Candidate(
            id=f"{self.loop}-v1",
            loop=self.loop,
            version=1,
            family=proposal.family,
            title=proposal.title,
            source=proposal.source,
            fingerprint=proposal.fingerprint,
            view=RAW_VIEW,
            origin=proposal.origin,
            operator="stack",
        )
        return self.try_version(candidate, elapsed)

    def try_version(self, candidate: Candidate, elapsed: float) -> list[Statement]:
        """Fit a version on all parts but one, for each part."""
        self._ask, self._candidate, self._reports = None, candidate, {}
        jobs = [self._job(candidate, part, elapsed) for part in range(self.parts)]
        self._pending = {job.key or "": part for part, job in enumerate(jobs)}
        drafted = self.voice.say(CandidateDrafted(candidate=candidate), self.loop)
        return [drafted, *jobs]

    def take_report(self, key: str, report: FitReport) -> list[Statement]:
        """Take in a finished part; the last one completes the stacker."""
        self._reports[self._pending.pop(key)] = report
        if self._pending or self._candidate is None:
            return []
        reports = [self._reports[part] for part in range(self.parts)]
        self.fit = StackerFit(
            candidate=self._candidate,
            members=self.members,
            predictions=tuple(report.predictions for report in reports),
            models=tuple(report.model for report in reports if report.model),
        )
        return [self.voice.say(LoopClosed(reason="fitted"), self.loop)]

    def fail(self, key: str, failure: Failure) -> list[Statement]:
        """One failed part fails the version; the Critic hears of it."""
        del self._pending[key]
        if self._candidate is None:
            return []
        failed = TrialFailed(candidate=self._candidate, rung=Rung.FULL, failure=failure)
        return [self.voice.say(failed, self.loop), *self._take_back()]

    def close(self, reason: str) -> list[Statement]:
        """Do without it."""
        if not self.is_open:
            return []
        self.reason = reason
        closed = self.voice.say(LoopClosed(reason=reason), self.loop)
        return [closed, *self._take_back()]

    def _take_back(self) -> list[Statement]:
        keys = (*self._pending, *((self._ask,) if self._ask else ()))
        self._pending, self._ask = {}, None
        if not keys:
            return []
        return [self.voice.say(CancelEffects(keys=keys), self.loop)]

    def _job(self, candidate: Candidate, part: int, elapsed: float) -> Statement:
        job = StackJob(
            candidate=candidate.id,
            part=part,
            parts=self.parts,
            folds=self.members[0].folds,
            members=tuple(
                StackedMember(
                    candidate=member.candidate.id,
                    predictions=member.predictions,
                    columns=member.columns,
                )
                for member in self.members
            ),
            source=candidate.source,
            seed=derived_seed(self.settings.seed, self.loop),
            limits=job_limits(self.settings, elapsed, Rung.FULL),
        )
        return self.voice.ask(
            RunJob(job=job), purpose=candidate.id, n=part, loop=self.loop
        )

    def _columns(self) -> tuple[StackedColumns, ...]:
        return tuple(
            StackedColumns(
                family=member.candidate.family,
                title=member.candidate.title,
                columns=member_columns(number, member.columns),
            )
            for number, member in enumerate(self.members)
        )
