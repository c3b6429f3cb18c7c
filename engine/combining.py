"""Builds ensembles from out-of-fold predictions: host maths, no candidate code."""

from dataclasses import dataclass, field

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.membership import (
    Membership,
    bagged_membership,
    make_members,
    prune,
    stacked_membership,
)
from engine.scoring import Scorer
from engine.stacking import out_of_fold_rows, parts_of
from engine.stored_predictions import keep_predictions, read_predictions
from schemas.base import BlobRef
from schemas.commands import BaggedFit, Combine, PooledFit, StackerFit
from schemas.ensemble import Ensemble, Exclusion, Strategy
from schemas.inputs import Combined, CombineFailed
from schemas.task import Task, TaskKind
from tabular.combining import (
    ChosenCombination,
    apply_combination,
    choose_combination,
)
from tabular.consensus import NoConsensusError, choose_consensus
from tabular.development import Development
from tabular.metrics import metric_named

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Combining:
    """Carries out `combine`; keeps the predictions it has read once."""

    task: Task
    development: Development
    scorer: Scorer
    blobs: BlobStore
    seed: int
    _read: dict[BlobRef, Floats] = field(default_factory=dict)

    async def run(self, command: Combine) -> Outcome:
        """Build the ensemble in a thread: the core goes on meanwhile."""
        build = self._cluster if self._is_clustering else self._combine
        try:
            ensemble = await anyio.to_thread.run_sync(
                build, command, abandon_on_cancel=True
            )
        except NoConsensusError as error:
            return Outcome(CombineFailed(message=str(error)))
        return Outcome(Combined(ensemble=ensemble))

    @property
    def _is_clustering(self) -> bool:
        return self.task.kind is TaskKind.CLUSTERING

    def _predictions(self, fit: PooledFit) -> Floats:
        """Out-of-fold predictions, fold by fold, shape (rows, columns)."""
        folds = [self._load(ref, fit.columns) for ref in fit.predictions]
        return np.concatenate(folds)

    def _load(self, ref: BlobRef, columns: int) -> Floats:
        if ref not in self._read:
            self._read[ref] = read_predictions(self.blobs, [ref], columns)
        return self._read[ref]

    def _combine(self, command: Combine) -> Ensemble:
        pool = command.pool
        rows = out_of_fold_rows(self.development, pool[0].folds)
        target, weight = self.development.target, self.development.weight
        if target is None:
            raise ValueError("a supervised task has no target")
        predictions = np.stack([self._predictions(fit) for fit in pool])
        rivals = self._rivals(command)
        chosen = choose_combination(
            predictions,
            target[rows.numbers],
            rows.folds,
            metric_named(self.task.metric, self.task.kind),
            self.task.kind,
            len(self.task.classes),
            weight=None if weight is None else weight[rows.numbers],
            is_final=command.is_final,
            strategy=command.strategy,
            suggested=command.suggested,
            rivals=rivals,
        )
        said = self._said(chosen, predictions, rivals) if command.is_final else None
        members, combination = _membership(command, chosen)
        return Ensemble(
            members=members,
            combination=combination,
            score=chosen.score,
            standard_error=chosen.standard_error,
            nested=chosen.nested,
            considered=chosen.considered,
            folds=pool[0].folds,
            out_of_fold=None if said is None else keep_predictions(self.blobs, said),
        )

    def _said(
        self,
        chosen: ChosenCombination,
        predictions: Floats,
        rivals: dict[Strategy, Floats],
    ) -> Floats:
        """What the chosen combination says of the out-of-fold rows."""
        if chosen.combination is None:
            return rivals[chosen.strategy]
        return apply_combination(chosen.combination, predictions)

    def _rivals(self, command: Combine) -> dict[Strategy, Floats]:
        """What strategies say that were fitted in workers."""
        rivals: dict[Strategy, Floats] = {}
        if command.bagged:
            bags = [self._bagged(bag) for bag in command.bagged]
            rivals["bagging"] = np.mean(bags, axis=0)
        if command.stacker is not None:
            rivals["written"] = self._stacked(command.stacker)
        return rivals

    def _bagged(self, bag: BaggedFit) -> Floats:
        said: Floats = np.stack([self._predictions(refit) for refit in bag.refits])
        mean: Floats = said.mean(axis=0)
        return mean

    def _stacked(self, stacker: StackerFit) -> Floats:
        """A stacker's predictions, brought from parts into the order of the rows."""
        first = stacker.members[0]
        rows = out_of_fold_rows(self.development, first.folds)
        part = parts_of(rows, len(stacker.predictions))
        said = np.empty((len(part), first.columns))
        for number, ref in enumerate(stacker.predictions):
            said[part == number] = read_predictions(self.blobs, [ref], first.columns)
        return said

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
            members=make_members(kept, shares / shares.sum()),
            combination=chosen.consensus,
            score=chosen.score,
            standard_error=0.0,
            labels=self.blobs.keep(chosen.labels.astype("<i8").tobytes()),
            excluded=tuple(
                Exclusion(
                    candidate=fit.candidate.id,
                    reason="degenerate: (nearly) all rows in one cluster, or noise",
                )
                for index, fit in enumerate(pool)
                if index not in chosen.kept
            ),
        )


def _membership(command: Combine, chosen: ChosenCombination) -> Membership:
    """The members that the chosen strategy needs, and no others."""
    if chosen.combination is not None:
        return prune(command.pool, chosen.combination)
    if chosen.strategy == "bagging":
        return bagged_membership(command.bagged)
    if command.stacker is None:
        raise ValueError(f"nothing carries out {chosen.strategy!r}")
    return stacked_membership(command.stacker)
