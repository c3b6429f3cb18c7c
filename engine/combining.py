"""Builds ensembles from out-of-fold predictions: host maths, no candidate code."""

from dataclasses import dataclass, field

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.clustering import ClusterCombining
from engine.membership import (
    Membership,
    bagged_membership,
    prune,
    stacked_membership,
)
from engine.out_of_fold_rows import out_of_fold_rows
from engine.scoring import Scorer
from engine.stacking import parts_of
from engine.stored_predictions import keep_predictions, read_predictions
from schemas.base import BlobRef
from schemas.commands import BaggedFit, Combine, PooledFit, StackerFit
from schemas.ensemble import Ensemble, PlainScore, Strategy
from schemas.inputs import Combined, CombineFailed
from schemas.task import Task, TaskKind
from tabular.combining import (
    ChosenCombination,
    apply_combination,
    choose_combination,
)
from tabular.consensus import NoConsensusError
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
    _clustering: ClusterCombining = field(init=False)

    def __post_init__(self) -> None:
        self._clustering = ClusterCombining(
            self.task, self.development, self.scorer, self.blobs, self.seed
        )

    async def run(self, command: Combine) -> Outcome:
        """Build the ensemble in a thread: the core goes on meanwhile."""
        try:
            ensemble = await anyio.to_thread.run_sync(
                self.build, command, abandon_on_cancel=True
            )
        except NoConsensusError as error:
            return Outcome(CombineFailed(message=str(error)))
        without = None
        if command.is_final and not self._is_clustering:
            without = await anyio.to_thread.run_sync(
                self._without_added, command, abandon_on_cancel=True
            )
        return Outcome(Combined(ensemble=ensemble, without_added=without))

    def build(self, command: Combine) -> Ensemble:
        """Build the ensemble.

        Raises:
            NoConsensusError: Every partition of a clustering is degenerate.
        """
        if self._is_clustering:
            return self._clustering.run(command)
        return self._combine(command)

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

    def _without_added(self, command: Combine) -> PlainScore | None:
        """What the ensemble would score had the added lane brought nothing."""
        if not command.added or not command.without_added:
            return None
        bags = [b for b in command.bagged if b.fit.candidate.id not in command.added]
        is_fitted_apart = command.strategy in {"written", "bagging"}
        update = {
            "pool": command.without_added,
            "strategy": "auto" if is_fitted_apart else command.strategy,
            "suggested": None,
            "bagged": tuple(bags),
            "stacker": None,
        }
        fewer = command.model_copy(update=update)
        predictions = self._stacked_predictions(fewer)
        chosen = self._choose(fewer, predictions, self._rivals(fewer))
        return PlainScore(
            score=chosen.score,
            standard_error=chosen.standard_error,
            nested=chosen.nested,
        )

    def _combine(self, command: Combine) -> Ensemble:
        predictions = self._stacked_predictions(command)
        rivals = self._rivals(command)
        chosen = self._choose(command, predictions, rivals)
        said = self._said(chosen, predictions, rivals) if command.is_final else None
        members, combination = _membership(command, chosen)
        return Ensemble(
            members=members,
            combination=combination,
            score=chosen.score,
            standard_error=chosen.standard_error,
            nested=chosen.nested,
            considered=chosen.considered,
            folds=command.pool[0].folds,
            out_of_fold=None if said is None else keep_predictions(self.blobs, said),
        )

    def _stacked_predictions(self, command: Combine) -> Floats:
        return np.stack([self._predictions(fit) for fit in command.pool])

    def _choose(
        self, command: Combine, predictions: Floats, rivals: dict[Strategy, Floats]
    ) -> ChosenCombination:
        rows = out_of_fold_rows(self.development, command.pool[0].folds)
        target, weight = self.development.target, self.development.weight
        if target is None:
            raise ValueError("a supervised task has no target")
        return choose_combination(
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


def _membership(command: Combine, chosen: ChosenCombination) -> Membership:
    """The members that the chosen strategy needs, and no others."""
    if chosen.combination is not None:
        return prune(command.pool, chosen.combination)
    if chosen.strategy == "bagging":
        return bagged_membership(command.bagged)
    if command.stacker is None:
        raise ValueError(f"nothing carries out {chosen.strategy!r}")
    return stacked_membership(command.stacker)
