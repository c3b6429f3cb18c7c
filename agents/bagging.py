"""Has the best candidates refitted on bootstrap samples, which is what bagging is."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.limits import job_limits
from bus.agent import Statement, Voice
from bus.keys import derived_seed
from schemas.candidate import Candidate
from schemas.commands import BaggedFit, PooledFit, RunJob
from schemas.jobs import FitJob, FitReport, Rung
from schemas.settings import RunSettings

BAGGED_CANDIDATES = 2
REFITS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Which fold of which refit of which candidate a job is."""

    fit: PooledFit
    refit: int
    fold: int


@dataclass(slots=True)
class Bagging:
    """Refits of the best candidate of each of the two best families.

    A refit is fitted on a bootstrap sample of a fold's training rows and predicts the rows
    that the fold scores, so its out-of-fold predictions are as honest as any. One that lacks
    a fold in the end is left out.

    Attributes:
        settings: What the user asked for.
        voice: Whose jobs these are.
        pending: Jobs that are out, by key.
    """

    settings: RunSettings
    voice: Voice
    pending: dict[str, Place] = field(default_factory=dict)
    _reports: dict[tuple[str, int], dict[int, FitReport]] = field(default_factory=dict)
    _bagged: list[PooledFit] = field(default_factory=list)
    _asked: Counter[tuple[str, int]] = field(default_factory=Counter)

    def begin(self, pool: Sequence[PooledFit], elapsed: float) -> list[Statement]:
        """Ask for every fold of every refit.

        Args:
            pool: Pooled candidates, best first.
            elapsed: Seconds since the run started.
        """
        self._bagged = best_of_families(pool, BAGGED_CANDIDATES)
        places = [
            Place(fit, refit, fold)
            for refit in range(REFITS)
            for fit in self._bagged
            for fold in fit.folds
        ]
        statements = [self._job(place, elapsed) for place in places]
        for statement, place in zip(statements, places, strict=True):
            self.pending[statement.key or ""] = place
        return statements

    def forget(self) -> None:
        """Begin anew; refits of an earlier end are no longer there."""
        self._reports.clear()
        self._bagged = []

    def take(self, key: str, report: FitReport) -> None:
        """Take in a finished job."""
        place = self.pending.pop(key)
        reports = self._reports.setdefault((place.fit.candidate.id, place.refit), {})
        reports[place.fold] = report

    def fail(self, key: str) -> None:
        """Do without a job that failed."""
        del self.pending[key]

    def give_up(self) -> tuple[str, ...]:
        """Wait no longer; return the keys of what is still out."""
        keys = tuple(self.pending)
        self.pending.clear()
        return keys

    def fits(self) -> tuple[BaggedFit, ...]:
        """Candidates with those refits that have all folds, if they have any."""
        bags = (BaggedFit(fit=f, refits=self._refits(f)) for f in self._bagged)
        return tuple(bag for bag in bags if bag.refits)

    def _refits(self, fit: PooledFit) -> tuple[PooledFit, ...]:
        found = []
        for refit in range(REFITS):
            reports = self._reports.get((fit.candidate.id, refit), {})
            if set(reports) == set(fit.folds):
                found.append(_refitted(fit, refit, [reports[f] for f in fit.folds]))
        return tuple(found)

    def _job(self, place: Place, elapsed: float) -> Statement:
        candidate = place.fit.candidate
        seed = self.settings.seed
        job = FitJob(
            candidate=refit_id(candidate, place.refit),
            rung=Rung.FULL,
            fold=place.fold,
            source=candidate.source,
            view=candidate.view,
            seed=derived_seed(seed, candidate.id, "refit", place.refit),
            limits=job_limits(self.settings, elapsed, Rung.FULL),
            bootstrap=derived_seed(seed, candidate.id, "sample", place.refit),
        )
        command = RunJob(job=job, priority=place.refit)
        attempt = self._asked[job.candidate, place.fold]
        self._asked[job.candidate, place.fold] += 1
        return self.voice.ask(
            command, purpose=job.candidate, n=place.fold, attempt=attempt
        )


def refit_id(candidate: Candidate, refit: int) -> str:
    """Id of a refit."""
    return f"{candidate.id}-b{refit}"


def best_of_families(pool: Sequence[PooledFit], most: int) -> list[PooledFit]:
    """The best candidate of each family, best family first."""
    best: dict[str, PooledFit] = {}
    for fit in pool:
        best.setdefault(fit.candidate.family, fit)
    return list(best.values())[:most]


def _refitted(fit: PooledFit, refit: int, reports: Sequence[FitReport]) -> PooledFit:
    name = refit_id(fit.candidate, refit)
    return fit.model_copy(
        update={
            "candidate": fit.candidate.model_copy(update={"id": name}),
            "predictions": tuple(report.predictions for report in reports),
            "models": tuple(report.model for report in reports if report.model),
            "score": math.fsum(report.score for report in reports) / len(reports),
        }
    )
