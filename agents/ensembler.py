"""The Ensembler rebuilds the ensemble after each pooled candidate and freezes the last."""

import math
from collections.abc import Sequence

from bus.agent import Statement, Voice
from schemas.base import Frozen
from schemas.commands import Combine, PooledFit
from schemas.ensemble import Ensemble
from schemas.envelope import Envelope
from schemas.inputs import Combined, EffectFailed
from schemas.jobs import Rung
from schemas.sayings import (
    CancelEffects,
    CandidatePooled,
    EnsembleChosen,
    ExplorationClosed,
    NoEnsemble,
    TaskReady,
    TrialScored,
)
from schemas.settings import RunSettings

LARGEST_POOL = 40


class Ensembler:
    """Builds ensembles one at a time, so that a run stopped at any moment has a result.

    Where nothing was pooled, the best candidate with at least one scored fold stands in.
    """

    name = "ensembler"
    hears: frozenset[type[Frozen]] = frozenset(
        {
            TaskReady,
            TrialScored,
            CandidatePooled,
            Combined,
            EffectFailed,
            ExplorationClosed,
        }
    )

    def __init__(self, settings: RunSettings) -> None:
        self._voice = Voice(self.name, settings.seed)
        self._sign = 1.0
        self._pool: list[PooledFit] = []
        self._stand_in: PooledFit | None = None
        self._combining: str | None = None
        self._combinations = 0
        self._is_stale = False
        self._is_final = False
        self._latest: Ensemble | None = None

    def decide(self, event: Envelope) -> Sequence[Statement]:
        """Answer an event; see the class."""
        match event.body:
            case TaskReady(task=task):
                self._sign = 1.0 if task.greater_is_better else -1.0
                return []
            case TrialScored() as scored:
                self._note_stand_in(scored)
                return []
            case CandidatePooled(fit=fit):
                return self._take_candidate(fit)
            case Combined(ensemble=ensemble) if event.key == self._combining:
                return self._take_ensemble(ensemble)
            case EffectFailed(message=message) if event.key == self._combining:
                return self._combining_failed(message)
            case ExplorationClosed():
                return self._close()
            case _:
                return []

    def _utility(self, fit: PooledFit) -> float:
        return -math.inf if math.isnan(fit.score) else self._sign * fit.score

    def _note_stand_in(self, scored: TrialScored) -> None:
        """Remember the best so far, one with more folds before one with fewer."""
        if scored.rung is Rung.SMOKE or not scored.fit.models:
            return
        best = self._stand_in
        if best is None or self._rank(scored.fit) > self._rank(best):
            self._stand_in = scored.fit

    def _rank(self, fit: PooledFit) -> tuple[int, float]:
        return (len(fit.folds), self._utility(fit))

    def _take_candidate(self, fit: PooledFit) -> list[Statement]:
        self._pool.append(fit)
        self._pool.sort(key=self._utility, reverse=True)
        del self._pool[LARGEST_POOL:]
        if self._combining is not None:
            self._is_stale = True
            return []
        return [self._combine(self._pool)]

    def _combine(self, pool: Sequence[PooledFit]) -> Statement:
        self._is_stale = False
        self._combinations += 1
        command = Combine(pool=tuple(pool), is_final=self._is_final)
        asked = self._voice.ask(command, purpose="combine", n=self._combinations)
        self._combining = asked.key
        return asked

    def _take_ensemble(self, ensemble: Ensemble) -> list[Statement]:
        self._combining = None
        self._latest = ensemble
        chosen = EnsembleChosen(ensemble=ensemble, is_final=self._is_final)
        statements = [self._voice.say(chosen)]
        if self._is_stale and not self._is_final:
            statements.append(self._combine(self._pool))
        return statements

    def _close(self) -> list[Statement]:
        statements: list[Statement] = []
        if self._combining is not None:
            statements.append(self._voice.say(CancelEffects(keys=(self._combining,))))
        pool = self._pool or ([self._stand_in] if self._stand_in else [])
        self._is_final = True
        if pool:
            return [*statements, self._combine(pool)]
        nothing = NoEnsemble(reason="no candidate could be fitted and scored in time")
        return [*statements, self._voice.say(nothing)]

    def _combining_failed(self, message: str) -> list[Statement]:
        self._combining = None
        if not self._is_final:
            return []
        if self._latest is None:
            reason = f"the ensemble could not be built: {message}"
            return [self._voice.say(NoEnsemble(reason=reason))]
        chosen = EnsembleChosen(ensemble=self._latest, is_final=True)
        return [self._voice.say(chosen)]
