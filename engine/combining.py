"""Builds ensembles from out-of-fold predictions: host maths, no candidate code."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.scoring import Scorer
from schemas.base import BlobRef
from schemas.commands import Combine, PooledFit
from schemas.ensemble import (
    Combination,
    Ensemble,
    LinearStack,
    Member,
    WeightedAverage,
)
from schemas.inputs import Combined
from schemas.task import Task, TaskKind
from tabular.combining import choose_combination
from tabular.consensus import choose_consensus
from tabular.development import Development
from tabular.metrics import metric_named

WEIGHT_DIGITS = 6


@dataclass(slots=True)
class Combining:
    """Carries out `combine`; keeps the predictions it has read once."""

    task: Task
    development: Development
    scorer: Scorer
    blobs: BlobStore
    seed: int
    _read: dict[BlobRef, NDArray[np.float64]] = field(default_factory=dict)

    async def run(self, command: Combine) -> Outcome:
        """Build the ensemble in a thread: the core goes on meanwhile."""
        build = self._cluster if self._is_clustering else self._combine
        ensemble = await anyio.to_thread.run_sync(
            build, command, abandon_on_cancel=True
        )
        return Outcome(Combined(ensemble=ensemble))

    @property
    def _is_clustering(self) -> bool:
        return self.task.kind is TaskKind.CLUSTERING

    def _predictions(self, fit: PooledFit) -> NDArray[np.float64]:
        """Out-of-fold predictions, fold by fold, shape (rows, columns)."""
        folds = [self._load(ref, fit.columns) for ref in fit.predictions]
        return np.concatenate(folds)

    def _load(self, ref: BlobRef, columns: int) -> NDArray[np.float64]:
        if ref not in self._read:
            raw = np.frombuffer(self.blobs.read(ref), dtype="<f8")
            self._read[ref] = raw.reshape(-1, columns)
        return self._read[ref]

    def _combine(self, command: Combine) -> Ensemble:
        pool = command.pool
        scored = [self.development.scored_rows(fold) for fold in pool[0].folds]
        rows = np.concatenate(scored)
        target, weight = self.development.target, self.development.weight
        if target is None:
            raise ValueError("a supervised task has no target")
        chosen = choose_combination(
            np.stack([self._predictions(fit) for fit in pool]),
            target[rows],
            self.development.folds[rows],
            metric_named(self.task.metric, self.task.kind),
            self.task.kind,
            len(self.task.classes),
            weight=None if weight is None else weight[rows],
            is_final=command.is_final,
        )
        members, combination = prune(pool, chosen.combination)
        return Ensemble(
            members=members,
            combination=combination,
            score=chosen.score,
            standard_error=chosen.standard_error,
            nested=chosen.nested,
            considered=chosen.considered,
        )

    def _cluster(self, command: Combine) -> Ensemble:
        pool = command.pool
        labels = np.stack([self._predictions(fit)[:, 0] for fit in pool])
        chosen = choose_consensus(
            labels.astype(np.int64),
            self.scorer.matrix,
            self.task.clusters,
            self.seed,
        )
        kept = [pool[index] for index in chosen.kept]
        shares = np.asarray(chosen.consensus.weights, dtype=float)
        return Ensemble(
            members=_members(kept, shares / shares.sum()),
            combination=chosen.consensus,
            score=chosen.score,
            standard_error=0.0,
            labels=self.blobs.keep(chosen.labels.astype("<i8").tobytes()),
        )


def prune(
    pool: Sequence[PooledFit], combination: WeightedAverage | LinearStack
) -> tuple[tuple[Member, ...], Combination]:
    """Leave out candidates that do not count, and give the others their shares."""
    numbers = (
        combination.weights
        if isinstance(combination, WeightedAverage)
        else combination.coefficients
    )
    kept = [index for index, number in enumerate(numbers) if number != 0.0]
    kept = kept or [0]
    few = tuple(numbers[index] for index in kept)
    shares = np.abs(few) / (np.sum(np.abs(few)) or 1.0)
    members = _members([pool[index] for index in kept], shares)
    field_name = "weights" if combination.kind == "average" else "coefficients"
    return members, combination.model_copy(update={field_name: few})


def _members(
    fits: Sequence[PooledFit], shares: NDArray[np.float64]
) -> tuple[Member, ...]:
    return tuple(
        Member(
            candidate=fit.candidate.id,
            family=fit.candidate.family,
            title=fit.candidate.title,
            source=fit.candidate.source,
            view=fit.candidate.view,
            models=fit.models,
            weight=round(float(share), WEIGHT_DIGITS),
        )
        for fit, share in zip(fits, shares, strict=True)
    )
