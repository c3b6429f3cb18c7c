"""The Feature agent has feature programs written and tried, and makes views of the best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.limits import job_limits
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.asks import FeatureAsk
from schemas.base import Frozen
from schemas.candidate import View, ViewProgram
from schemas.commands import Propose, RunJob
from schemas.envelope import Envelope
from schemas.inputs import (
    EffectFailed,
    FeatureFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    Tick,
)
from schemas.jobs import ColumnJudgement, Failure, FeatureJob, FeatureReport, Rung
from schemas.proposals import FeatureProgram, FeatureProposal
from schemas.sayings import (
    CancelEffects,
    ExplorationClosed,
    FeatureJudged,
    TaskReady,
    ViewAccepted,
)
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind

JUDGED_FOLDS = 3
FEWEST_VIEW_COLUMNS = 5
VIEW_COLUMNS_SHARE = 0.3
PRIORITY_AFTER_FIRST_CANDIDATES = 3


@dataclass(slots=True)
class ProgramTrial:
    """One feature program while its folds are being judged."""

    program: FeatureProgram
    pending: set[str] = field(default_factory=set)
    reports: list[FeatureReport] = field(default_factory=list)
    judged: FeatureJudged | None = None


class Feature:
    """Accepts a column only if it beats its own shuffled copies in every fold looked at."""

    name = "feature"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            Tick,
            Proposed,
            ProposeFailed,
            FeatureFinished,
            JobFailed,
            EffectFailed,
            ExplorationClosed,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._voice = Voice(self.name, settings.seed)
        self._elapsed = 0.0
        self._ask: str | None = None
        self._trials: dict[str, ProgramTrial] = {}

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case Tick(elapsed_seconds=elapsed):
                self._elapsed = elapsed
                return []
            case TaskReady(task=task):
                return self._begin(task)
            case Proposed(proposal=FeatureProposal(programs=programs)):
                self._ask = None
                return [s for program in programs for s in self._try(program)]
            case Proposed() | ProposeFailed():
                self._ask = None
                return []
            case ExplorationClosed():
                return self._stop()
            case _:
                return self._decide_trial(event)

    def _decide_trial(self, event: Envelope) -> Sequence[Statement]:
        trial = self._trials.get(event.loop or "")
        if trial is None or event.key not in trial.pending:
            return []
        trial.pending.remove(event.key or "")
        match event.body:
            case FeatureFinished(report=report):
                trial.reports.append(report)
                return [] if trial.pending else self._judge(trial)
            case JobFailed(failure=failure):
                return self._fail(trial, failure)
            case EffectFailed(message=message):
                internal = Failure(kind="internal", stage="load", message=message)
                return self._fail(trial, internal)
            case _:
                return []

    def _begin(self, task: Task) -> Sequence[Statement]:
        self._task = task
        if task.kind is TaskKind.CLUSTERING:
            return []
        asked = self._voice.ask(Propose(ask=FeatureAsk(round=0)), purpose="features")
        self._ask = asked.key
        return [asked]

    def _try(self, program: FeatureProgram) -> Sequence[Statement]:
        loop = f"f{len(self._trials):02d}"
        trial = ProgramTrial(program)
        self._trials[loop] = trial
        folds = range(min(JUDGED_FOLDS, self._task.folds))
        jobs = [self._job(loop, program, fold) for fold in folds]
        trial.pending = {job.key for job in jobs if job.key}
        return jobs

    def _job(self, loop: str, program: FeatureProgram, fold: int) -> Statement:
        job = FeatureJob(
            program=program.name,
            fold=fold,
            source=program.source,
            seed=derived_seed(self._settings.seed, loop),
            limits=job_limits(self._settings, self._elapsed, Rung.SCREEN),
        )
        command = RunJob(job=job, priority=PRIORITY_AFTER_FIRST_CANDIDATES)
        return self._voice.ask(command, purpose="judge", n=fold, loop=loop)

    def _fail(self, trial: ProgramTrial, failure: Failure) -> Sequence[Statement]:
        keys, trial.pending = tuple(sorted(trial.pending)), set()
        trial.judged = FeatureJudged(
            program=trial.program.name, accepted=(), judgements=(), failure=failure
        )
        statements = [self._voice.say(trial.judged)]
        if keys:
            statements.append(self._voice.say(CancelEffects(keys=keys)))
        return [*statements, *self._make_view()]

    def _judge(self, trial: ProgramTrial) -> Sequence[Statement]:
        judgements = merge_judgements(trial.reports)
        trial.judged = FeatureJudged(
            program=trial.program.name,
            accepted=tuple(j.name for j in judgements if j.fault is None),
            judgements=judgements,
        )
        return [self._voice.say(trial.judged), *self._make_view()]

    def _make_view(self) -> Sequence[Statement]:
        """Once every program is judged, the best accepted columns become one view."""
        if any(trial.judged is None for trial in self._trials.values()):
            return []
        ranked = sorted(
            (
                (judgement.importance, trial.program.name, judgement.name)
                for trial in self._trials.values()
                if trial.judged is not None
                for judgement in trial.judged.judgements
                if judgement.fault is None
            ),
            reverse=True,
        )
        most = max(FEWEST_VIEW_COLUMNS, int(VIEW_COLUMNS_SHARE * self._task.features))
        best = {(program, column) for _, program, column in ranked[:most]}
        programs = [self._selected(trial, best) for trial in self._trials.values()]
        view = View(name="features-1", programs=tuple(p for p in programs if p.columns))
        return [self._voice.say(ViewAccepted(view=view))] if view.programs else []

    def _selected(self, trial: ProgramTrial, best: set[tuple[str, str]]) -> ViewProgram:
        name = trial.program.name
        accepted = trial.judged.accepted if trial.judged else ()
        columns = tuple(column for column in accepted if (name, column) in best)
        return ViewProgram(name=name, source=trial.program.source, columns=columns)

    def _stop(self) -> Sequence[Statement]:
        keys = [key for trial in self._trials.values() for key in trial.pending]
        keys += [self._ask] if self._ask else []
        self._trials.clear()
        self._ask = None
        if not keys:
            return []
        return [self._voice.say(CancelEffects(keys=tuple(sorted(keys))))]


def merge_judgements(reports: Sequence[FeatureReport]) -> tuple[ColumnJudgement, ...]:
    """Mean numbers over folds; a column is at fault if it is so in any fold.

    The columns of the first fold count; one that another fold does not have is at fault.
    """
    tables = [{j.name: j for j in report.judgements} for report in reports]
    return tuple(
        _merge([table.get(name) for table in tables], name) for name in tables[0]
    )


def _merge(folds: Sequence[ColumnJudgement | None], name: str) -> ColumnJudgement:
    found = [fold for fold in folds if fold is not None]
    count = len(found)
    return ColumnJudgement(
        name=name,
        importance=math.fsum(fold.importance for fold in found) / count,
        shadow_importance=math.fsum(fold.shadow_importance for fold in found) / count,
        statistic=math.fsum(fold.statistic for fold in found) / count,
        fault=_fault(folds),
    )


def _fault(folds: Sequence[ColumnJudgement | None]) -> str | None:
    for fold in folds:
        if fold is None:
            return "not in every fold"
        if fold.fault is not None:
            return fold.fault
        if not fold.importance > fold.shadow_importance:  # NaN beats nothing
            return "no better than its shuffled copies"
    return None
