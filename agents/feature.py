"""The Feature agent has feature programs written and tried, and makes views of the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agents.judgements import (
    CHANCE,
    CHANCE_GROUPS,
    beats_chance,
    merge_judgements,
    most_useful_first,
)
from agents.lanes import asks_model, feature_name, program_loop, view_prefix
from agents.limits import job_limits
from agents.program_trial import ProgramTrial
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.asks import FeatureAsk
from schemas.base import Frozen
from schemas.candidate import RAW_VIEW, View, ViewProgram
from schemas.commands import Propose, RunJob
from schemas.envelope import Envelope
from schemas.inputs import (
    EffectFailed,
    FeatureFinished,
    JobFailed,
    Proposed,
    ProposeFailed,
    RunContinued,
    Tick,
)
from schemas.jobs import Failure, FeatureJob, Rung
from schemas.lane import Lane
from schemas.memory import ErrorLeaf
from schemas.proposals import FeatureProgram, FeatureProposal
from schemas.sayings import (
    CancelEffects,
    ErrorsFound,
    ExplorationClosed,
    ProgramFailed,
    ProgramMended,
    RepairRefused,
    TaskReady,
    ViewAccepted,
)
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind

JUDGED_FOLDS = 3
FEWEST_VIEW_COLUMNS = 5
VIEW_COLUMNS_SHARE = 0.3
COMPARED_SHARE = 2
"""So many times the columns of a view are held against each other."""
PRIORITY_AFTER_FIRST_CANDIDATES = 3
PRIORITY_AFTER_FIRST_FAMILIES = 8
"""Against the clock the expert's programs wait until each family was tried as it is."""
TIME_SHARE = 0.15
"""Of the budget of all workers; programs on a wide or large table would take most of it."""
OUT_OF_TIME = "the time for features is used up"
NOT_AMONG_BEST = "of less use than the columns of the view"


class Choice(NamedTuple):
    """A column that may enter a view: which program's it is, and its name there."""

    loop: str
    column: str


@dataclass(slots=True)
class Comparison:
    """Accepted columns while they are held against each other.

    Attributes:
        key: Key of the job.
        choices: The columns in the order in which the job reports on them.
    """

    key: str
    choices: Sequence[Choice]


class Feature:
    """Accepts a column only if it beats chance in every fold looked at.

    A program whose columns are of no use in the first fold is not tried on others, and none
    is once features had their share of a budget in time. What passed, whichever program made
    it, is then held against each other; the best become a view. Each further round builds on
    the view of the last.

    Args:
        settings: What the user asked for.
        lane: Which of a hybrid run's two Feature agents it is.
    """

    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            Tick,
            Proposed,
            ProposeFailed,
            FeatureFinished,
            JobFailed,
            EffectFailed,
            ProgramMended,
            RepairRefused,
            ErrorsFound,
            ExplorationClosed,
            RunContinued,
        }
    )

    def __init__(self, settings: RunSettings, lane: Lane = "main") -> None:
        self.name = feature_name(lane)
        self._settings = settings
        self._lane: Lane = lane
        self._voice = Voice(self.name, settings.seed)
        self._elapsed = 0.0
        self._seconds = 0.0
        self._round = 0
        self._cut_short = 0
        self._opened = 0
        self._ask: str | None = None
        self._trials: dict[str, ProgramTrial] = {}
        self._comparison: Comparison | None = None
        self._view = RAW_VIEW
        self._errors: tuple[ErrorLeaf, ...] = ()

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case Tick(elapsed_seconds=elapsed):
                self._elapsed = elapsed
                return []
            case TaskReady(task=task):
                self._task: Task = task
                return self._ask_round()
            case Proposed(proposal=FeatureProposal(programs=programs)):
                self._ask = None
                return [s for program in programs for s in self._open(program)]
            case Proposed() | ProposeFailed():
                self._ask = None
                return []
            case ErrorsFound(leaves=leaves):
                self._errors = leaves
                return []
            case ExplorationClosed():
                return self._stop()
            case RunContinued(settings=settings):
                return self._continue(settings)
            case _ if self._comparison and event.key == self._comparison.key:
                return self._take_comparison(event, self._comparison)
            case _:
                trial = self._trials.get(event.loop or "")
                return [] if trial is None else self._decide_trial(event, trial)

    def _decide_trial(
        self, event: Envelope, trial: ProgramTrial
    ) -> Sequence[Statement]:
        if trial.judged is not None:
            return []  # A repair may come after the program was given up.
        match event.body:
            case FeatureFinished(report=report) if event.key in trial.pending:
                trial.reports[trial.pending.pop(event.key or "")] = report
                self._spend(trial, report.usage.cpu_seconds)
                going_on = [] if trial.pending else self._go_on(trial)
                return [*going_on, *self._keep_to_time()]
            case JobFailed(failure=failure, seconds=s) if event.key in trial.pending:
                self._spend(trial, s)
                failed = self._fail(trial, event.key or "", failure)
                return [*failed, *self._keep_to_time()]
            case EffectFailed(message=message) if event.key in trial.pending:
                internal = Failure(kind="internal", stage="load", message=message)
                return self._fail(trial, event.key or "", internal)
            case ProgramMended(program=program):
                trial.take_version(program)
                return self._try_folds(trial, [0])
            case RepairRefused(reason=reason):
                return self._close(trial, reason)
            case _:
                return []

    # -- rounds

    @property
    def _is_idle(self) -> bool:
        """Whether no round is at work."""
        is_judged = all(trial.judged for trial in self._trials.values())
        return self._ask is None and self._comparison is None and is_judged

    def _continue(self, settings: RunSettings) -> list[Statement]:
        """Go on under other settings; a round that was cut short is begun again."""
        self._settings = settings
        return self._ask_round() if self._is_idle else []

    def _ask_round(self) -> list[Statement]:
        done = self._round - self._cut_short
        if done >= self._settings.feature_rounds or self._is_time_used_up:
            return []
        ask = FeatureAsk(round=done, view=self._view)
        if asks_model(self._settings, self._lane):
            told = [trial.as_tried() for trial in self._trials.values()]
            update = {"tried": tuple(told), "errors": self._errors}
            ask = ask.model_copy(update=update)
        command = Propose(ask=ask, lane=self._lane)
        asked = self._voice.ask(command, purpose="features", n=self._round)
        self._round += 1
        self._ask = asked.key
        return [asked]

    def _open(self, program: FeatureProgram) -> list[Statement]:
        names = {trial.program.name for trial in self._trials.values()}
        if program.name in names:
            name = f"{program.name}-{self._opened}"
            program = program.model_copy(update={"name": name})
        loop = program_loop(self._lane, self._opened)
        trial = ProgramTrial(loop, program)
        self._opened += 1
        self._trials[trial.loop] = trial
        return self._try_folds(trial, [0])

    def _stop(self) -> Sequence[Statement]:
        self._cut_short += not self._is_idle
        keys = [key for trial in self._trials.values() for key in trial.pending]
        keys += [self._ask] if self._ask else []
        keys += [self._comparison.key] if self._comparison else []
        self._trials.clear()
        self._ask = self._comparison = None
        if not keys:
            return []
        return [self._voice.say(CancelEffects(keys=tuple(sorted(keys))))]

    # -- one program

    @property
    def _priority(self) -> int:
        """Programs of a model may hold what no portfolio has, so they wait for less."""
        is_hurried = self._settings.budget_seconds is not None
        if is_hurried and not asks_model(self._settings, self._lane):
            return PRIORITY_AFTER_FIRST_FAMILIES
        return PRIORITY_AFTER_FIRST_CANDIDATES

    def _try_folds(self, trial: ProgramTrial, folds: Sequence[int]) -> list[Statement]:
        program = ViewProgram(
            name=trial.program.name, source=trial.program.source, columns=()
        )
        purpose = f"judge/{trial.version}"
        jobs = [
            self._job(trial.loop, program.name, (program,), fold, purpose)
            for fold in folds
        ]
        trial.pending = {
            job.key: fold for job, fold in zip(jobs, folds, strict=True) if job.key
        }
        return jobs

    def _job(
        self,
        loop: str,
        name: str,
        programs: tuple[ViewProgram, ...],
        fold: int,
        purpose: str,
    ) -> Statement:
        job = FeatureJob(
            program=name,
            fold=fold,
            programs=programs,
            seed=derived_seed(self._settings.seed, loop),
            limits=job_limits(self._settings, self._elapsed, Rung.SCREEN),
        )
        command = RunJob(job=job, priority=self._priority)
        return self._voice.ask(command, purpose=purpose, n=fold, loop=loop)

    def _go_on(self, trial: ProgramTrial) -> Sequence[Statement]:
        """After the first fold to the others, if there is any hope; then judge."""
        wanted = range(min(JUDGED_FOLDS, self._task.folds))
        missing = [fold for fold in wanted if fold not in trial.reports]
        latest = trial.reports[max(trial.reports)]
        if missing and any(beats_chance(column) for column in latest.judgements):
            if self._is_time_used_up:
                return self._close(trial, OUT_OF_TIME)
            return self._try_folds(trial, missing)
        is_clustering = self._task.kind is TaskKind.CLUSTERING
        reports = [trial.reports[fold] for fold in sorted(trial.reports)]
        chance = CHANCE_GROUPS if is_clustering else CHANCE
        judged = trial.judge(merge_judgements(reports, chance))
        return [self._voice.say(judged, trial.loop), *self._compare()]

    @property
    def _is_time_used_up(self) -> bool:
        """Whether features had their share of a budget in time."""
        budget = self._settings.budget_seconds
        if budget is None:
            return False
        return self._seconds > TIME_SHARE * budget * self._settings.workers

    def _spend(self, trial: ProgramTrial, seconds: float) -> None:
        trial.seconds += seconds
        self._seconds += seconds

    def _keep_to_time(self) -> list[Statement]:
        """Give up what is not judged yet once the time is used up."""
        if not self._is_time_used_up:
            return []
        late = [trial for trial in self._trials.values() if trial.judged is None]
        keys = sorted(key for trial in late for key in trial.pending)
        statements = []
        if keys:
            statements.append(self._voice.say(CancelEffects(keys=tuple(keys))))
        for trial in late:
            trial.pending = {}
            statements.append(self._voice.say(trial.judge((), OUT_OF_TIME), trial.loop))
        return [*statements, *self._compare()] if late else []

    def _fail(
        self, trial: ProgramTrial, key: str, failure: Failure
    ) -> Sequence[Statement]:
        """One failed job fails the program; its other jobs are taken back."""
        del trial.pending[key]
        others, trial.pending = tuple(sorted(trial.pending)), {}
        trial.failure = failure
        failed = ProgramFailed(program=trial.program, failure=failure)
        statements = [self._voice.say(failed, trial.loop)]
        if others:
            statements.append(self._voice.say(CancelEffects(keys=others), trial.loop))
        return statements

    def _close(self, trial: ProgramTrial, reason: str) -> Sequence[Statement]:
        judged = trial.judge((), reason)
        return [self._voice.say(judged, trial.loop), *self._compare()]

    # -- all programs

    @property
    def _most_columns(self) -> int:
        return max(FEWEST_VIEW_COLUMNS, int(VIEW_COLUMNS_SHARE * self._task.features))

    def _compare(self) -> Sequence[Statement]:
        """Once every program is judged, hold the best columns against each other."""
        if any(trial.judged is None for trial in self._trials.values()):
            return []
        passed = [
            (loop, judged)
            for loop, trial in self._trials.items()
            for judged in trial.accepted
        ]
        order = most_useful_first([judged for _, judged in passed])
        choices = [Choice(passed[n][0], passed[n][1].name) for n in order]
        best = choices[: COMPARED_SHARE * self._most_columns]
        statements = self._reject(dict.fromkeys(choices[len(best) :], NOT_AMONG_BEST))
        if len(best) <= 1:
            return [*statements, *self._accept(best)]
        return [*statements, self._ask_comparison(best)]

    def _ask_comparison(self, best: Sequence[Choice]) -> Statement:
        name = f"features-{self._round}"
        asked = self._job(name, name, self._programs_of(best), 0, "compare")
        grouped = [
            choice
            for loop in dict.fromkeys(choice.loop for choice in best)
            for choice in self._in_order(loop, best)
        ]
        self._comparison = Comparison(asked.key or "", grouped)
        return asked

    def _take_comparison(
        self, event: Envelope, comparison: Comparison
    ) -> Sequence[Statement]:
        self._comparison = None
        choices = comparison.choices
        faults: dict[Choice, str] = {}
        match event.body:
            case FeatureFinished(report=report):
                self._seconds += report.usage.cpu_seconds
                pairs = zip(choices, report.judgements, strict=True)
                faults = {
                    choice: judged.fault for choice, judged in pairs if judged.fault
                }
                order = most_useful_first(report.judgements)
                choices = [choices[n] for n in order if choices[n] not in faults]
            case JobFailed(seconds=seconds):
                self._seconds += seconds
        # Each column passed by itself: that is enough where they cannot be compared.
        kept, rest = choices[: self._most_columns], choices[self._most_columns :]
        faults |= dict.fromkeys(rest, NOT_AMONG_BEST)
        return [*self._reject(faults), *self._accept(kept)]

    def _reject(self, faults: dict[Choice, str]) -> list[Statement]:
        """Tell the programs whose columns had passed and yet do not last."""
        statements = []
        for loop in dict.fromkeys(choice.loop for choice in faults):
            own = {c.column: fault for c, fault in faults.items() if c.loop == loop}
            judged = self._trials[loop].reject(own)
            if judged is not None:
                statements.append(self._voice.say(judged, loop))
        return statements

    def _accept(self, kept: Sequence[Choice]) -> list[Statement]:
        """Make the columns that last a view, and go on to the next round."""
        programs = self._programs_of(kept)
        statements = []
        if programs and programs != self._view.programs:
            prefix = view_prefix(self._lane)
            self._view = View(name=f"{prefix}-{self._round}", programs=programs)
            statements.append(self._voice.say(ViewAccepted(view=self._view)))
        return [*statements, *self._ask_round()]

    def _in_order(self, loop: str, choices: Sequence[Choice]) -> list[Choice]:
        """The chosen columns of one program, as it makes them."""
        accepted = self._trials[loop].accepted
        own = [Choice(loop, judged.name) for judged in accepted]
        return [choice for choice in own if choice in choices]

    def _programs_of(self, choices: Sequence[Choice]) -> tuple[ViewProgram, ...]:
        """Programs in the order of their best column, each with its chosen columns."""
        return tuple(
            self._trials[loop].in_view(
                tuple(c.column for c in self._in_order(loop, choices))
            )
            for loop in dict.fromkeys(choice.loop for choice in choices)
        )
