"""Where a run stands right now, for a live display."""

from collections import Counter, deque
from dataclasses import dataclass, field

from reports.fold import NANOSECONDS_PER_SECOND
from reports.narrator import Narrator
from schemas.commands import PooledFit
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import RunContinued, RunStarted, SessionStarted, Tick
from schemas.jobs import Rung
from schemas.sayings import (
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    LoopClosed,
    LoopOpened,
    RepairReady,
    RunCrashed,
    RunFinished,
    TaskReady,
    TrialFailed,
    TrialStarted,
)
from schemas.settings import RunSettings

NEWS_SHOWN = 6
NEW_SESSIONS = (RunContinued, SessionStarted)
"""What is heard before these was said in an earlier session, maybe long ago."""


@dataclass(slots=True)
class Board:
    """Folds envelopes into what a live display shows.

    Attributes:
        settings: What the user asked for.
        phase: What the run is at, in one word.
        first_t: Time of the first envelope, nanoseconds since the epoch.
        elapsed_seconds: Run time as of the latest envelope.
        loops: Open loops with the rung that each is at; None before its first trial.
        trials: Trials started.
        pooled: Candidates pooled.
        failures: Trials failed.
        repairs: Versions mended.
        best: The best pooled candidate.
        ensemble: The ensemble chosen last.
        news: The latest lines that the narrator told.
        narrator: Tells them.
    """

    settings: RunSettings | None = None
    phase: str = "preparing"
    first_t: int | None = None
    elapsed_seconds: float = 0.0
    loops: dict[str, Rung | None] = field(default_factory=dict)
    trials: int = 0
    pooled: int = 0
    failures: int = 0
    repairs: int = 0
    best: PooledFit | None = None
    ensemble: Ensemble | None = None
    news: deque[str] = field(default_factory=lambda: deque(maxlen=NEWS_SHOWN))
    narrator: Narrator = field(default_factory=Narrator)

    def hear(self, envelope: Envelope) -> None:
        """Take in one envelope."""
        self._hear_time(envelope)
        self._hear_phase(envelope)
        self._hear_candidate(envelope)
        line = self.narrator.tell(envelope)
        if line is not None:
            self.news.append(line)

    def loops_by_rung(self) -> Counter[str]:
        """Count open loops by the rung they are at; `new` before the first trial."""
        return Counter("new" if rung is None else rung for rung in self.loops.values())

    def _hear_time(self, envelope: Envelope) -> None:
        if self.first_t is None or isinstance(envelope.body, NEW_SESSIONS):
            self.first_t = envelope.t
        elapsed = (envelope.t - self.first_t) / NANOSECONDS_PER_SECOND
        if isinstance(envelope.body, Tick):
            # After a resume the first envelope heard is not the first of the run.
            elapsed = envelope.body.elapsed_seconds
        self.elapsed_seconds = max(self.elapsed_seconds, elapsed)

    def _hear_phase(self, envelope: Envelope) -> None:
        match envelope.body:
            case RunStarted(settings=settings):
                self.settings = settings
            case RunContinued(settings=settings):
                self.settings = settings
                self.phase = "exploring"
            case TaskReady():
                self.phase = "exploring"
            case ExplorationClosed():
                self.phase = "combining"
            case EnsembleChosen(ensemble=ensemble, is_final=is_final):
                self.ensemble = ensemble
                self.phase = "scoring" if is_final else self.phase
            case RunFinished(status=status):
                self.phase = status.replace("_", " ")
            case RunCrashed():
                self.phase = "crashed"
            case _:
                return

    def _hear_candidate(self, envelope: Envelope) -> None:
        loop = envelope.loop
        match envelope.body:
            case LoopOpened() if loop is not None:
                self.loops[loop] = None
            case LoopClosed() if loop is not None:
                self.loops.pop(loop, None)
            case TrialStarted(rung=rung):
                self.trials += 1
                if loop is not None:
                    self.loops[loop] = rung
            case TrialFailed():
                self.failures += 1
            case RepairReady():
                self.repairs += 1
            case CandidatePooled(fit=fit):
                self.pooled += 1
                if self._is_best(fit.score):
                    self.best = fit
            case _:
                return

    def _is_best(self, score: float) -> bool:
        if self.best is None:
            return True
        if self.narrator.is_greater_better:
            return score > self.best.score
        return score < self.best.score
