"""The Director settles the task, watches the bounds of the run and says its last word."""

from collections.abc import Sequence
from typing import Literal

from agents.lanes import is_hybrid, modeler_name
from bus.agent import Statement, Voice
from schemas.base import Frozen
from schemas.commands import Diagnose, PrepareTable, ScoreHoldout
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import (
    CancelRequested,
    Diagnosed,
    EffectFailed,
    HoldoutScored,
    PrepareFailed,
    RunContinued,
    RunStarted,
    TablePrepared,
    Tick,
)
from schemas.jobs import Rung
from schemas.sayings import (
    CancelEffects,
    EnsembleChosen,
    ExplorationClosed,
    ModelingFinished,
    NoEnsemble,
    RunFinished,
    TaskReady,
    TrialScored,
)
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind

EndOfLane = Literal["trials", "exhausted", "plateau", "llm_budget", "no_structure"]
RESERVE_SHARE = 0.05
RESERVE_FLOOR_SECONDS = 2.0
RESERVE_CEILING_SECONDS = 60.0
RESERVE_SECONDS_PER_MILLION_ROWS = 30.0
WRITING_SECONDS = 1.0
"""What is kept of the budget for writing down the results."""


def closing_seconds(budget_seconds: float, rows: int) -> float:
    """When exploration must end so that ensemble and holdout fit into the budget."""
    reserve = min(RESERVE_CEILING_SECONDS, RESERVE_SHARE * budget_seconds)
    reserve += RESERVE_SECONDS_PER_MILLION_ROWS * rows / 1e6
    reserve = max(RESERVE_FLOOR_SECONDS, reserve)
    return max(budget_seconds - reserve, budget_seconds / 2)


FINISHING_SHARES = {"bagging": 0.35, "written": 0.1}
"""Share of the budget for what a way to combine has fitted once exploration is closed."""


def exploration_seconds(settings: RunSettings, rows: int) -> float:
    """When exploration must end, given how the candidates are to be combined."""
    budget = settings.budget_seconds or 0.0
    share = FINISHING_SHARES.get(settings.ensemble, 0.0)
    return max(closing_seconds(budget, rows) - share * budget, budget / 3)


class Director:
    """Hears how the run stands as a whole; closes exploration once each time it is open."""

    name = "director"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            RunStarted,
            RunContinued,
            TablePrepared,
            PrepareFailed,
            Tick,
            TrialScored,
            CancelRequested,
            ModelingFinished,
            EnsembleChosen,
            NoEnsemble,
            HoldoutScored,
            Diagnosed,
            EffectFailed,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._voice = Voice(self.name, settings.seed)
        self._task: Task | None = None
        self._at_work = 2 if is_hybrid(settings) else 1
        self._closed: str | None = None
        self._ensemble: Ensemble | None = None
        self._elapsed = 0.0
        self._is_anything_scored = False
        self._ends = 0
        self._opening: str | None = None
        self._diagnosis: str | None = None
        self._main_end: EndOfLane = "exhausted"

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case RunStarted():
                return [self._voice.ask(PrepareTable(), purpose="prepare")]
            case RunContinued(settings=settings):
                return self._continue(settings)
            case TablePrepared() as prepared:
                return self._settle(prepared)
            case PrepareFailed(message=message):
                return self._finish("bad_input", message)
            case Tick(elapsed_seconds=elapsed):
                self._elapsed = elapsed
                return self._close("budget") if self._is_time_to_close else []
            case TrialScored(rung=rung):
                # An ensemble cannot be made of a smoke trial.
                self._is_anything_scored |= rung is not Rung.SMOKE
                return self._close("budget") if self._is_time_to_close else []
            case CancelRequested():
                return self._cancel()
            case ModelingFinished(reason=reason):
                return self._end_of_lane(event.src, reason)
            case _:
                return self._decide_end(event)

    def _decide_end(self, event: Envelope) -> Sequence[Statement]:
        """Answer what is heard once exploration is closed."""
        match event.body:
            case EnsembleChosen(is_final=True, ensemble=ensemble):
                return self._score(ensemble)
            case NoEnsemble(reason=reason):
                return self._finish(self._cancelled_or("no_model"), reason)
            case HoldoutScored():
                self._opening = None
                return self._diagnose()
            case Diagnosed():
                self._diagnosis = None
                return self._finish(self._cancelled_or("done"))
            case EffectFailed(exception=exception, message=message):
                return self._end_failed(event.key, f"{exception}: {message}")
            case _:
                return []

    def _continue(self, settings: RunSettings) -> Sequence[Statement]:
        """Open exploration again; what was frozen before is frozen no longer."""
        self._settings = settings
        self._closed = self._ensemble = None
        self._at_work = 2 if is_hybrid(settings) else 1
        self._ends += 1
        keys = tuple(key for key in (self._opening, self._diagnosis) if key)
        self._opening = self._diagnosis = None
        return [self._voice.say(CancelEffects(keys=keys))] if keys else []

    def _settle(self, prepared: TablePrepared) -> Sequence[Statement]:
        self._task = prepared.task
        ready = TaskReady(
            task=prepared.task, profile=prepared.profile, baseline=prepared.baseline
        )
        return [self._voice.say(ready)]

    @property
    def _is_time_to_close(self) -> bool:
        """Whether what is left is for the end; a run without any result waits for one."""
        budget = self._settings.budget_seconds
        if budget is None or self._task is None:
            return False
        closing = exploration_seconds(self._settings, self._task.rows)
        if not self._is_anything_scored:
            closing = max(closing, budget - WRITING_SECONDS)
        return self._elapsed >= closing

    def _end_of_lane(self, src: str, reason: EndOfLane) -> Sequence[Statement]:
        """Close once every Modeler is done, for the reason of the main one."""
        self._at_work -= 1
        if src != modeler_name("added"):
            self._main_end = reason
        return [] if self._at_work else self._close(self._main_end)

    def _close(
        self, reason: EndOfLane | Literal["budget", "cancelled"]
    ) -> Sequence[Statement]:
        if self._closed is not None:
            return []
        self._closed = reason
        return [self._voice.say(ExplorationClosed(reason=reason))]

    def _cancel(self) -> Sequence[Statement]:
        if self._task is None:
            return self._finish("cancelled", "cancelled before the table was read")
        return self._close("cancelled")

    def _score(self, ensemble: Ensemble) -> Sequence[Statement]:
        self._ensemble = ensemble
        if self._task is None or not self._has_sealed_part(self._task):
            return self._diagnose()
        command = ScoreHoldout(ensemble=ensemble)
        asked = self._voice.ask(command, purpose="holdout", n=self._ends)
        self._opening = asked.key
        return [asked]

    def _diagnose(self) -> Sequence[Statement]:
        """Look at a supervised ensemble, in what is left of the budget."""
        ensemble, task = self._ensemble, self._task
        is_clustering = task is None or task.kind is TaskKind.CLUSTERING
        if ensemble is None or ensemble.out_of_fold is None or is_clustering:
            return self._finish(self._cancelled_or("done"))
        command = Diagnose(ensemble=ensemble, seconds=self._seconds_left)
        asked = self._voice.ask(command, purpose="diagnose", n=self._ends)
        self._diagnosis = asked.key
        return [asked]

    @property
    def _seconds_left(self) -> float | None:
        """Who has asked to stop waits for nothing more; without a clock there is no bound."""
        if self._closed == "cancelled":
            return 0.0
        budget = self._settings.budget_seconds
        if budget is None:
            return None
        return max(0.0, round(budget - self._elapsed - WRITING_SECONDS, 3))

    def _has_sealed_part(self, task: Task) -> bool:
        if task.kind is TaskKind.CLUSTERING:
            return task.target is not None
        return task.test_rows > 0

    def _end_failed(self, key: str | None, message: str) -> Sequence[Statement]:
        if self._ensemble is None:
            return self._finish("failed", message)
        is_report = key is not None and key == self._diagnosis
        failed = "report is incomplete" if is_report else "test part was not scored"
        note = f"the {failed}: {message}"
        return self._finish(self._cancelled_or("done"), note)

    def _cancelled_or(
        self, status: Literal["done", "no_model"]
    ) -> Literal["done", "no_model", "cancelled"]:
        return "cancelled" if self._closed == "cancelled" else status

    def _finish(
        self,
        status: Literal["done", "cancelled", "no_model", "bad_input", "failed"],
        message: str = "",
    ) -> Sequence[Statement]:
        return [self._voice.say(RunFinished(status=status, message=message))]
