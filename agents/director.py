"""The Director settles the task, watches the bounds of the run and says its last word."""

from collections.abc import Sequence
from typing import Literal

from bus.agent import Statement, Voice
from schemas.base import Frozen
from schemas.commands import PrepareTable, ScoreHoldout
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import (
    CancelRequested,
    EffectFailed,
    HoldoutScored,
    PrepareFailed,
    RunStarted,
    TablePrepared,
    Tick,
)
from schemas.sayings import (
    EnsembleChosen,
    ExplorationClosed,
    ModelingFinished,
    NoEnsemble,
    RunFinished,
    TaskReady,
)
from schemas.settings import RunSettings
from schemas.task import Task, TaskKind

RESERVE_SHARE = 0.08
RESERVE_FLOOR_SECONDS = 2.0
RESERVE_CEILING_SECONDS = 60.0
RESERVE_SECONDS_PER_MILLION_ROWS = 30.0


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
    """Hears how the run stands as a whole; closes exploration exactly once."""

    name = "director"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            RunStarted,
            TablePrepared,
            PrepareFailed,
            Tick,
            CancelRequested,
            ModelingFinished,
            EnsembleChosen,
            NoEnsemble,
            HoldoutScored,
            EffectFailed,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings
        self._voice = Voice(self.name, settings.seed)
        self._task: Task | None = None
        self._closed: str | None = None
        self._ensemble: Ensemble | None = None

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case RunStarted():
                return [self._voice.ask(PrepareTable(), purpose="prepare")]
            case TablePrepared() as prepared:
                return self._settle(prepared)
            case PrepareFailed(message=message):
                return self._finish("bad_input", message)
            case Tick(elapsed_seconds=elapsed) if self._is_time_to_close(elapsed):
                return self._close("budget")
            case CancelRequested():
                return self._cancel()
            case ModelingFinished(reason=reason):
                return self._close(reason)
            case EnsembleChosen(is_final=True, ensemble=ensemble):
                return self._score(ensemble)
            case NoEnsemble(reason=reason):
                return self._finish(self._cancelled_or("no_model"), reason)
            case HoldoutScored():
                return self._finish(self._cancelled_or("done"))
            case EffectFailed(exception=exception, message=message):
                return self._end_failed(f"{exception}: {message}")
            case _:
                return []

    def _settle(self, prepared: TablePrepared) -> Sequence[Statement]:
        self._task = prepared.task
        ready = TaskReady(
            task=prepared.task, profile=prepared.profile, baseline=prepared.baseline
        )
        return [self._voice.say(ready)]

    def _is_time_to_close(self, elapsed: float) -> bool:
        if self._settings.budget_seconds is None or self._task is None:
            return False
        return elapsed >= exploration_seconds(self._settings, self._task.rows)

    def _close(
        self, reason: Literal["budget", "trials", "exhausted", "plateau", "cancelled"]
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
            return self._finish(self._cancelled_or("done"))
        command = ScoreHoldout(ensemble=ensemble)
        return [self._voice.ask(command, purpose="holdout")]

    def _has_sealed_part(self, task: Task) -> bool:
        if task.kind is TaskKind.CLUSTERING:
            return task.target is not None
        return task.test_rows > 0

    def _end_failed(self, message: str) -> Sequence[Statement]:
        if self._ensemble is None:
            return self._finish("failed", message)
        note = f"the test part could not be scored: {message}"
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
