"""Looks at the final ensemble for the report: curves at hand, importance if time allows."""

from collections.abc import Callable
from dataclasses import dataclass

import anyio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from bus.keys import derived_seed
from engine.out_of_fold_rows import out_of_fold_rows
from engine.predictor import MemberFailed, Predictor
from engine.stored_predictions import read_predictions
from schemas.commands import Diagnose
from schemas.diagnostics import ColumnImportance, Diagnostics
from schemas.ensemble import Ensemble
from schemas.inputs import Diagnosed
from schemas.task import Task, TaskKind
from tabular import diagnostics as look
from tabular.certainty import certainty_of_classes, certainty_of_values
from tabular.development import Development
from tabular.metrics import gain, metric_named, score

Floats = NDArray[np.float64]

IMPORTANCE_FOLDS = 3
IMPORTANCE_ROWS = 400
FEWEST_ROWS = 30
MOST_CELLS = 6_000_000
"""Cells of all shuffled copies of one fold's rows; so many take about 50 MB."""
NO_TIME = "no time was left to measure it"
TOO_WIDE = "the table has too many columns to shuffle each of them"


@dataclass(frozen=True, slots=True)
class Diagnosing:
    """Carries out `diagnose`.

    Attributes:
        task: What was learned; not a clustering.
        development: The rows with their targets and folds.
        predictor: Makes a predictor of an ensemble.
        blobs: Where predictions are and diagnostics are kept.
        seed: Seed of the run.
    """

    task: Task
    development: Development
    predictor: Callable[[Ensemble], Predictor]
    blobs: BlobStore
    seed: int

    async def run(self, command: Diagnose) -> Outcome:
        """Look at out-of-fold predictions, then shuffle columns as long as time allows."""
        seen = await anyio.to_thread.run_sync(self._look, command.ensemble)
        importance, note = await self._importance(command)
        whole = seen.model_copy(
            update={"importance": importance, "importance_note": note}
        )
        kept = self.blobs.keep_text(whole.model_dump_json())
        return Outcome(Diagnosed(diagnostics=kept))

    @property
    def _target(self) -> NDArray[np.generic]:
        if self.development.target is None:
            raise ValueError("a supervised task has no target")
        return self.development.target

    def _look(self, ensemble: Ensemble) -> Diagnostics:
        if ensemble.out_of_fold is None:
            raise ValueError("a final ensemble has no out-of-fold predictions")
        rows = out_of_fold_rows(self.development, ensemble.folds)
        columns = max(1, len(self.task.classes))
        said = read_predictions(self.blobs, [ensemble.out_of_fold], columns)
        truth = self._target[rows.numbers]
        match self.task.kind:
            case TaskKind.BINARY | TaskKind.MULTICLASS:
                codes = truth.astype(np.int64)
                seen = self._look_at_classes(codes, said)
                sure = certainty_of_classes(codes, said, rows.folds)
                return seen.model_copy(update={"certainty": sure})
            case TaskKind.REGRESSION:
                values = truth.astype(np.float64)
                return Diagnostics(
                    rows=len(truth),
                    residuals=look.residuals(values, said[:, 0]),
                    certainty=certainty_of_values(values, said[:, 0], rows.folds),
                )
            case TaskKind.CLUSTERING:
                raise ValueError("a clustering has no target to compare with")

    def _look_at_classes(self, truth: NDArray[np.int64], said: Floats) -> Diagnostics:
        predicted = said.argmax(axis=1)
        counted = look.confusion(truth, predicted, self.task.classes)
        if self.task.kind is TaskKind.BINARY:
            positive, probability = (truth == 1).astype(np.int64), said[:, 1]
            return Diagnostics(
                rows=len(truth),
                roc=look.roc_line(positive, probability),
                precision_recall=look.precision_recall_line(positive, probability),
                reliability=look.reliability(positive, probability),
                confusion=counted,
            )
        hit = (truth == predicted).astype(np.int64)
        return Diagnostics(
            rows=len(truth),
            reliability=look.reliability(hit, said.max(axis=1)),
            confusion=counted,
        )

    # -- importance of columns

    async def _importance(
        self, command: Diagnose
    ) -> tuple[tuple[ColumnImportance, ...], str]:
        """Permutation importance (Breiman 2001) on rows that the models had not seen."""
        if command.seconds is not None and command.seconds <= 0:
            return (), NO_TIME
        if self._most_rows < FEWEST_ROWS:
            return (), TOO_WIDE
        ensemble = command.ensemble
        losses: list[Floats] = []
        bound = np.inf if command.seconds is None else command.seconds
        try:
            with anyio.move_on_after(bound):
                for position in range(min(IMPORTANCE_FOLDS, len(ensemble.folds))):
                    # What was measured before the time is up counts.
                    losses.append(await self._losses(ensemble, position))  # noqa: PERF401
        except MemberFailed as error:
            return (), f"it could not be measured: {error}"
        if not losses:
            return (), NO_TIME
        return self._ranked(np.stack(losses)), measured_on(len(losses))

    async def _losses(self, ensemble: Ensemble, position: int) -> Floats:
        """What one fold's models lose without each column, shape (columns,)."""
        fold = ensemble.folds[position]
        rows = self._sample(fold)
        frame = self.development.frame.iloc[rows].reset_index(drop=True)
        random = np.random.default_rng(derived_seed(self.seed, "importance", fold))
        copies = await anyio.to_thread.run_sync(shuffled_copies, frame, random)
        said = await self.predictor(_of_fold(ensemble, position)).predict(copies)
        metric = metric_named(self.task.metric, self.task.kind)
        truth, weight = self._target[rows], self.development.weight
        weights = None if weight is None else weight[rows]
        gains = [
            gain(metric, score(metric, truth, part, weights))
            for part in np.split(said, len(frame.columns) + 1)
        ]
        return gains[0] - np.asarray(gains[1:])

    @property
    def _most_rows(self) -> int:
        """Rows of a fold of which all copies together stay small."""
        columns = len(self.development.frame.columns)
        return min(IMPORTANCE_ROWS, MOST_CELLS // (columns * (columns + 1)))

    def _sample(self, fold: int) -> NDArray[np.int64]:
        random = np.random.default_rng(derived_seed(self.seed, "importance rows", fold))
        scored = self.development.scored_rows(fold)
        return np.sort(random.permutation(scored)[: self._most_rows])

    def _ranked(self, losses: Floats) -> tuple[ColumnImportance, ...]:
        mean, spread = losses.mean(axis=0), losses.std(axis=0)
        names = [str(name) for name in self.development.frame.columns]
        order = sorted(range(len(names)), key=lambda at: (-mean[at], names[at]))
        return tuple(
            ColumnImportance(
                column=names[at],
                loss=float(f"{mean[at]:.4g}"),
                spread=float(f"{spread[at]:.4g}"),
            )
            for at in order
        )


def measured_on(folds: int) -> str:
    """What the importance of columns was measured on, in words."""
    if folds == 1:
        return "measured on one fold alone, each column shuffled once: a hint, no more"
    return f"mean over {folds} folds, each column shuffled once in each"


def shuffled_copies(frame: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The rows as they are, then once more for each column with that one shuffled."""
    copies = [frame]
    for name in frame.columns:
        order = random.permutation(len(frame))
        copy = frame.copy()
        copy[name] = frame[name].iloc[order].reset_index(drop=True)
        copies.append(copy)
    return pd.concat(copies, ignore_index=True)


def _of_fold(ensemble: Ensemble, position: int) -> Ensemble:
    """The same ensemble with only those models that had not seen a fold's rows.

    A bagged member holds the models of its first refit fold by fold, then those of the next.
    """
    folds = len(ensemble.folds)
    members = tuple(
        member.model_copy(update={"models": member.models[position::folds]})
        for member in ensemble.members
    )
    return ensemble.model_copy(update={"members": members})
