"""Opens the sealed part, once, and scores the frozen ensemble on it."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from bus.lines import append_line
from engine.predictor import Predictor
from engine.run_folder import RunFolder
from schemas.base import BlobRef
from schemas.ensemble import Ensemble
from schemas.inputs import HoldoutScored
from schemas.task import Task, TaskKind
from tabular.agreement import matched_scores
from tabular.copies import are_copies
from tabular.development import Development, SealedTest, open_label, open_test
from tabular.metrics import all_scores, metric_named
from tabular.prediction_table import prediction_table

FEWEST_ROWS = 20
"""Scores on fewer rows say nothing."""


@dataclass(frozen=True, slots=True)
class Holdout:
    """Carries out `score_holdout`; nothing else in the engine reads the sealed files.

    Attributes:
        task: What was learned.
        development: The rows that it was learned from.
        folder: The run's folder.
        blobs: Where labels of a clustering are kept.
    """

    task: Task
    development: Development
    folder: RunFolder
    blobs: BlobStore

    async def run(
        self, request: str, ensemble: Ensemble, predictor: Predictor
    ) -> Outcome:
        """Score the ensemble and write its test predictions.

        Args:
            request: What tells this frozen ensemble from any other.
            ensemble: The ensemble.
            predictor: The ensemble at work.
        """
        opening = count_opening(self.folder.openings, request)
        if self.task.kind is TaskKind.CLUSTERING:
            labels = await anyio.to_thread.run_sync(self._compare_labels, ensemble)
            body = HoldoutScored(scores=tuple(labels.items()), opening=opening)
            return Outcome(body)
        test = await anyio.to_thread.run_sync(open_test, self.folder.data)
        predicted = await predictor.predict(test.features)
        table = prediction_table(self.task, predicted)
        table.insert(0, "row", test.numbers)
        table.to_csv(self.folder.test_predictions, index=False)
        return Outcome(
            await anyio.to_thread.run_sync(self._score, test, predicted, opening)
        )

    def _score(
        self, test: SealedTest, predicted: NDArray[np.float64], opening: int
    ) -> HoldoutScored:
        """All metrics on the test rows, and once more without copies of known rows."""
        is_copy = are_copies(test.features, self.development.frame)
        without: tuple[tuple[str, float], ...] = ()
        if is_copy.any() and self._can_be_scored(test.target[~is_copy]):
            without = self._scores(test, predicted, np.flatnonzero(~is_copy))
        return HoldoutScored(
            scores=self._scores(test, predicted, np.arange(len(is_copy))),
            opening=opening,
            copies=int(is_copy.sum()),
            scores_without_copies=without,
        )

    def _can_be_scored(self, target: NDArray[np.generic]) -> bool:
        is_varied = self.task.kind is TaskKind.REGRESSION or len(np.unique(target)) > 1
        return is_varied and len(target) >= FEWEST_ROWS

    def _scores(
        self,
        test: SealedTest,
        predicted: NDArray[np.float64],
        rows: NDArray[np.int64],
    ) -> tuple[tuple[str, float], ...]:
        weight = None if test.weight is None else test.weight[rows]
        asked = metric_named(self.task.metric, self.task.kind)
        scores = all_scores(
            self.task.kind, test.target[rows], predicted[rows], weight, asked
        )
        return tuple(scores.items())

    def _compare_labels(self, ensemble: Ensemble) -> dict[str, float]:
        truth = open_label(self.folder.data)
        if ensemble.labels is None:
            raise ValueError("a clustering ensemble has no labels")
        return matched_scores(truth, read_labels(self.blobs, ensemble.labels))


def read_labels(blobs: BlobStore, ref: BlobRef) -> NDArray[np.int64]:
    """Cluster labels of the development rows, as the ensemble keeps them."""
    return np.frombuffer(blobs.read(ref), dtype="<i8").astype(np.int64)


def count_opening(path: Path, request: str) -> int:
    """How often the sealed part was opened, by this run and by those it shares it with.

    The same ensemble once more, after a crash or in a fork, is the same opening. A line is
    appended and none is changed, because forks may share the file. A line that a crash tore
    off does not count: the part is opened after its line was written.
    """
    if request not in _opened(path):
        append_line(path, json.dumps(request), is_synced=True)
    return _opened(path).index(request) + 1


def _opened(path: Path) -> list[str]:
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        with suppress(json.JSONDecodeError):
            found.append(json.loads(line))
    return found
