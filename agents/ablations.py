"""Finds out which parts of a model's candidate matter, before it is refined."""

import math
from dataclasses import dataclass, field

from agents.forecast import Work, is_in_time
from agents.known import Known
from agents.lanes import asks_model, lane_of
from agents.leaderboard import Standing, rounded
from agents.limits import ablation_limits
from agents.loop import Loop
from agents.share import Share
from agents.trial_budget import TrialBudget
from agents.trials import Trials
from bus.agent import Statement
from bus.keys import derived_seed
from schemas.ablation import AblatedPart, AblatedVersion, Ablation
from schemas.asks import Ask, RefineAsk
from schemas.commands import PlanAblation, RunJob
from schemas.envelope import Envelope
from schemas.inputs import AblationPlanned, FitFinished, JobFailed
from schemas.jobs import FitJob, Rung
from schemas.lane import Lane
from schemas.sayings import CandidateAblated

FOLD = 0
"""The fold that candidates are screened on."""


@dataclass(slots=True)
class _Course:
    """An ablation on its way, in the loop whose refinement it is for.

    Attributes:
        base: The candidate.
        plan: Key of the effect that takes it apart.
        versions: What lacks one part each.
        pending: Place of each version whose fit is out, by effect key.
        scores: Scores of the versions on the fold, by their place.
    """

    base: Standing
    plan: str
    versions: tuple[AblatedVersion, ...] = ()
    pending: dict[str, int] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def own_score(self) -> float:
        """What the whole candidate scores on the fold."""
        return rounded(self.base.fold_scores[FOLD])


@dataclass(slots=True)
class Ablations:
    """Takes each candidate of a model's lane apart once, before its first refinement.

    Every part costs a fit on one fold, which counts as a trial and against the lane's share.

    Attributes:
        lane: Whose Modeler this is.
        trials: Settings, task, clock and voice of that Modeler.
        known: What it knows.
        share: Its share of the workers.
        budget: Its trials.
    """

    lane: Lane
    trials: Trials
    known: Known
    share: Share
    budget: TrialBudget
    _begun: set[str] = field(default_factory=set)
    _courses: dict[str, _Course] = field(default_factory=dict)
    _found: dict[str, Ablation] = field(default_factory=dict)

    def informed(self, ask: Ask) -> Ask:
        """The ask, with what is known of the parts of the candidate that it is about."""
        if not isinstance(ask, RefineAsk) or ask.candidate not in self._found:
            return ask
        return ask.model_copy(update={"ablation": self._found[ask.candidate]})

    def begin(self, loop: Loop) -> list[Statement]:
        """Have the candidate that a loop refines taken apart, if it is worth that."""
        base = loop.opening.base if loop.opening else None
        if base is None or not self._is_wanted(loop, base):
            return []
        self._begun.add(base.candidate.id)
        self.known.taken_apart.add(base.candidate.id)
        command = PlanAblation(candidate=base.candidate)
        planned = self.trials.voice.ask(command, purpose="ablation", loop=loop.id)
        self._courses[loop.id] = _Course(base, planned.key or "")
        return [planned]

    def _is_wanted(self, loop: Loop, base: Standing) -> bool:
        """Only what the lane tried itself, once."""
        return (
            loop.opening is not None
            and isinstance(loop.opening.ask, RefineAsk)
            and asks_model(self.trials.settings, self.lane)
            and lane_of(base.candidate.loop) == self.lane
            and base.candidate.id not in self._begun
            and not math.isnan(base.fold_scores[FOLD])
        )

    def is_open(self, loop: Loop) -> bool:
        """Whether a loop waits for an ablation."""
        return loop.id in self._courses

    def keys_of(self, loop: Loop) -> tuple[str, ...]:
        """Keys of what is out for a loop's ablation."""
        course = self._courses.get(loop.id)
        return (course.plan, *course.pending) if course else ()

    def planned(self, loop: Loop) -> int:
        """How many fits a loop's ablation has yet to start."""
        course = self._courses.get(loop.id)
        return 0 if course is None or course.pending else len(course.versions)

    def start(self, loop: Loop, priority: int) -> list[Statement]:
        """Give the fits out; without the time or the trials for them the ablation is over."""
        course = self._courses[loop.id]
        count = len(course.versions)
        if not self._is_in_time(course) or not self.budget.take(count):
            self._leave(loop)
            return []
        loop.trials += count
        jobs = [self._job(loop, place, priority) for place in range(count)]
        course.pending = {job.key or "": place for place, job in enumerate(jobs)}
        self.share.start(tuple(course.pending))
        return jobs

    def _is_in_time(self, course: _Course) -> bool:
        """Whether it, and then all folds of a refinement, would be through in time."""
        trials, seconds = self.trials, course.base.seconds
        counts = (len(course.versions), 1, trials.task.folds - 1)
        work = [Work(count, seconds) for count in counts]
        return is_in_time(trials.settings, trials.task, trials.elapsed, work)

    def _job(self, loop: Loop, place: int, priority: int) -> Statement:
        course, trials = self._courses[loop.id], self.trials
        base, version = course.base, course.versions[place]
        seconds = base.seconds / trials.settings.threads
        job = FitJob(
            candidate=base.candidate.id,
            rung=Rung.SCREEN,
            fold=FOLD,
            source=version.source,
            view=version.view,
            seed=derived_seed(trials.settings.seed, base.candidate.loop),
            limits=ablation_limits(trials.settings, trials.elapsed, seconds),
            without=version.part,
        )
        command = RunJob(job=job, priority=priority)
        purpose = f"{base.candidate.id}/ablated"
        return trials.voice.ask(command, purpose=purpose, n=place, loop=loop.id)

    def hear(self, event: Envelope, loop: Loop) -> list[Statement]:
        """Take in the plan or a fit; a fit that failed leaves its part without a score."""
        course, key = self._courses[loop.id], event.key or ""
        match event.body:
            case AblationPlanned(versions=versions) if versions:
                course.versions = versions
                return []
            case FitFinished(report=report):
                self._book(loop, key, report.usage.seconds, report.usage.cpu_seconds)
                if not math.isnan(report.score):
                    course.scores[course.pending[key]] = report.score
            case JobFailed(seconds=seconds):
                self._book(loop, key, seconds, seconds)
            case _:
                self._book(loop, key, 0.0, 0.0)
        course.pending.pop(key, None)
        return [] if course.pending else self._end(loop)

    def _book(self, loop: Loop, key: str, seconds: float, cpu_seconds: float) -> None:
        self.share.end(key, seconds)
        loop.seconds += cpu_seconds

    def _leave(self, loop: Loop) -> _Course:
        course = self._courses.pop(loop.id)
        self.known.taken_apart.discard(course.base.candidate.id)
        return course

    def _end(self, loop: Loop) -> list[Statement]:
        course = self._leave(loop)
        if not course.versions:
            return []
        parts = [self._part(course, place) for place in range(len(course.versions))]
        parts.sort(key=lambda part: math.inf if part.loss is None else -part.loss)
        ablation = Ablation(
            candidate=course.base.candidate.id,
            score=course.own_score,
            parts=tuple(parts),
        )
        if course.scores:
            self._found[ablation.candidate] = ablation
        said = CandidateAblated(ablation=ablation)
        return [self.trials.voice.say(said, loop.id)]

    def _part(self, course: _Course, place: int) -> AblatedPart:
        version, utility = course.versions[place], self.known.board.utility
        score = loss = None
        if place in course.scores:
            own, score = course.own_score, rounded(course.scores[place])
            loss = rounded(utility(own) - utility(score))
        return AblatedPart(
            part=version.part, lines=version.lines, score=score, loss=loss
        )

    def stop(self) -> tuple[str, ...]:
        """Forget what is out, and tell its keys."""
        courses, self._courses = self._courses.values(), {}
        self.known.taken_apart.clear()
        keys = [(course.plan, *course.pending) for course in courses]
        return tuple(key for each in keys for key in each)
