"""When workers were busy with what, and how good the ensemble was when; from the journal."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from reports.fold import SessionClock
from schemas.commands import RunJob
from schemas.envelope import Envelope
from schemas.inputs import EffectCancelled, JobFailed
from schemas.jobs import FeatureJob, FitJob, StackJob
from schemas.sayings import EnsembleChosen

HANDOVER_SECONDS = 0.1
"""A job's end is noted a moment late; one that starts meanwhile has the same worker."""

JobOutcome = Literal["finished", "failed", "cancelled"]


class JobSpan(NamedTuple):
    """One job in one worker.

    Attributes:
        start: Seconds since the run began, without gaps between sessions.
        end: Likewise.
        lane: Which of the workers' lines it is drawn on, from 0.
        work: What it was for: a rung, `features` or `stacker`.
        name: The candidate or program.
        outcome: How it ended.
    """

    start: float
    end: float
    lane: int
    work: str
    name: str
    outcome: JobOutcome


class EnsemblePoint(NamedTuple):
    """The ensemble's development score at a moment."""

    seconds: float
    score: float
    members: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when.

    Attributes:
        jobs: Jobs that came to an end, in the order of their start.
        ensembles: Every ensemble that was chosen.
    """

    jobs: tuple[JobSpan, ...]
    ensembles: tuple[EnsemblePoint, ...]


@dataclass(slots=True)
class TimelineFold:
    """Takes in a journal line by line."""

    clock: SessionClock = field(default_factory=SessionClock)
    open: dict[str, tuple[str, str]] = field(default_factory=dict)
    ended: list[tuple[float, float, str, str, JobOutcome]] = field(default_factory=list)
    ensembles: list[EnsemblePoint] = field(default_factory=list)

    def hear(self, envelope: Envelope) -> None:
        """Take in the next line."""
        if envelope.io == "in":
            self.clock.hear(envelope.session, envelope.t)
            self._end(envelope)
            return
        match envelope.body:
            case RunJob(job=job) if envelope.key is not None:
                self.open[envelope.key] = _named(job)
            case EnsembleChosen(ensemble=ensemble):
                members = len(ensemble.members)
                seconds = self.clock.seconds()
                self.ensembles.append(EnsemblePoint(seconds, ensemble.score, members))
            case _:
                return

    def _end(self, envelope: Envelope) -> None:
        named = self.open.pop(envelope.key or "", None)
        if named is None or not envelope.duration:
            return
        end = self.clock.seconds()
        outcome: JobOutcome = "finished"
        if isinstance(envelope.body, JobFailed):
            outcome = "failed"
        elif isinstance(envelope.body, EffectCancelled):
            outcome = "cancelled"
        self.ended.append((max(0.0, end - envelope.duration), end, *named, outcome))

    def timeline(self) -> Timeline:
        """Give every job a line on which nothing else runs at that time."""
        free: list[float] = []
        spans = []
        for start, end, work, name, outcome in sorted(self.ended):
            lane = _first_free(free, start + HANDOVER_SECONDS)
            shown_start = min(max(start, free[lane]), end)
            free[lane] = end
            spans.append(JobSpan(shown_start, end, lane, work, name, outcome))
        return Timeline(tuple(spans), tuple(self.ensembles))


def _named(job: FitJob | FeatureJob | StackJob) -> tuple[str, str]:
    match job:
        case FitJob(candidate=candidate, rung=rung):
            return rung.value, candidate
        case FeatureJob(program=program):
            return "features", program
        case StackJob(candidate=candidate):
            return "stacker", candidate


def _first_free(free: list[float], start: float) -> int:
    for lane, until in enumerate(free):
        if until <= start:
            return lane
    free.append(0.0)
    return len(free) - 1
