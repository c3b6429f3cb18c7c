"""Takes a version of a candidate from rung to rung: gives jobs out, takes reports in."""

from dataclasses import dataclass, field

from agents.limits import job_limits, screen_limits
from agents.loop import Loop
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.candidate import Candidate
from schemas.commands import RunJob
from schemas.jobs import Failure, FitJob, FitReport, JobLimits, Rung
from schemas.sayings import CancelEffects, TrialFailed, TrialScored, TrialStarted
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind

EXPERT = "expert"


@dataclass(slots=True)
class Trials:
    """The trials of all loops of one Modeler.

    Attributes:
        settings: What the user asked for.
        voice: Whose jobs these are.
        task: What is to be learned.
        elapsed: Seconds since the run started.
    """

    settings: RunSettings
    voice: Voice
    task: Task
    elapsed: float = 0.0
    _scored: dict[str, TrialScored] = field(default_factory=dict)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The rungs in their order; with one split there is nothing to screen.

        Nor is there for clusterings, whose first fold is all rows.
        """
        if self.task.folds == 1 or self.task.kind is TaskKind.CLUSTERING:
            return (Rung.SMOKE, Rung.FULL)
        return (Rung.SMOKE, Rung.SCREEN, Rung.FULL)

    def first_rung(self, candidate: Candidate) -> Rung:
        """Against the clock, sources of the built-in proposer need no smoke trial."""
        is_known = candidate.origin == EXPERT
        is_timed = self.settings.budget_seconds is not None
        return self.rungs[1 if is_known and is_timed else 0]

    def after(self, rung: Rung) -> Rung:
        """The rung that follows."""
        return self.rungs[self.rungs.index(rung) + 1]

    def scored(self, loop: Loop) -> TrialScored:
        """The latest trial of a loop."""
        return self._scored[loop.id]

    def start(self, loop: Loop, candidate: Candidate, rung: Rung) -> list[Statement]:
        """Send a version to a rung: one job for each fold that it was not fitted on yet."""
        loop.rung = rung
        loop.trials_reserved -= 1
        folds = self.folds_of(loop, rung)
        jobs = [self._job(loop, candidate, fold) for fold in folds]
        loop.pending = {
            job.key: fold for job, fold in zip(jobs, folds, strict=True) if job.key
        }
        started = TrialStarted(candidate=candidate.id, rung=rung, jobs=len(jobs))
        return [self.voice.say(started, loop.id), *jobs]

    def folds_of(self, loop: Loop, rung: Rung) -> list[int]:
        """The folds that a rung takes for a loop."""
        if rung is not Rung.FULL:
            return [0]
        return [f for f in range(self.task.folds) if f not in loop.reports]

    def _job(self, loop: Loop, candidate: Candidate, fold: int) -> Statement:
        job = FitJob(
            candidate=candidate.id,
            rung=loop.rung,
            fold=fold,
            source=candidate.source,
            view=candidate.view,
            seed=derived_seed(self.settings.seed, loop.id),
            limits=self._limits(loop.rung),
        )
        return self.voice.ask(
            RunJob(job=job, priority=loop.priority),
            purpose=f"{candidate.id}/{loop.rung}",
            n=fold,
            loop=loop.id,
        )

    def _limits(self, rung: Rung) -> JobLimits:
        has_pool = any(trial.rung is Rung.FULL for trial in self._scored.values())
        if has_pool and rung is Rung.SCREEN:
            return screen_limits(self.settings, self.task, self.elapsed)
        return job_limits(self.settings, self.elapsed, rung)

    def take_report(self, loop: Loop, key: str, report: FitReport) -> list[Statement]:
        """Take in a finished job; the last one completes the trial."""
        loop.reports[loop.pending.pop(key)] = report
        if loop.pending or loop.candidate is None:
            return []
        scored = loop.scored_trial(loop.candidate)
        if loop.rung is Rung.SMOKE:
            loop.reports = {}
        self._scored[loop.id] = scored
        return [self.voice.say(scored, loop.id)]

    def fail(self, loop: Loop, key: str, failure: Failure) -> list[Statement]:
        """One failed job fails the trial; its other jobs are taken back."""
        if loop.candidate is None:
            return []
        del loop.pending[key]
        others, loop.pending = tuple(loop.pending), {}
        failed = TrialFailed(candidate=loop.candidate, rung=loop.rung, failure=failure)
        statements = [self.voice.say(failed, loop.id)]
        if others:
            statements.append(self.voice.say(CancelEffects(keys=others), loop.id))
        return statements
