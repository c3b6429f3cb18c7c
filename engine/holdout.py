"""Opens the sealed part, once, and scores the frozen ensemble on it."""

import json
from dataclasses import dataclass
from pathlib import Path

import anyio
import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from bus.effects import Outcome
from engine.predictor import Predictor
from engine.run_folder import RunFolder
from schemas.base import BlobRef
from schemas.ensemble import Ensemble
from schemas.inputs import HoldoutScored
from schemas.task import Task, TaskKind
from tabular.agreement import matched_scores
from tabular.development import open_label, open_test
from tabular.metrics import all_scores, metric_named
from tabular.prediction_table import prediction_table


@dataclass(frozen=True, slots=True)
class Holdout:
    """Carries out `score_holdout`; nothing else in the engine reads the sealed files."""

    task: Task
    folder: RunFolder
    blobs: BlobStore

    async def run(self, key: str, ensemble: Ensemble, predictor: Predictor) -> Outcome:
        """Score the ensemble and write its test predictions."""
        opening = count_opening(self.folder.data / "sealed" / "openings.json", key)
        if self.task.kind is TaskKind.CLUSTERING:
            scores = await anyio.to_thread.run_sync(self._compare_labels, ensemble)
        else:
            test = await anyio.to_thread.run_sync(open_test, self.folder.data)
            predicted = await predictor.predict(test.features)
            table = prediction_table(self.task, predicted)
            table.insert(0, "row", test.numbers)
            table.to_csv(self.folder.test_predictions, index=False)
            asked = metric_named(self.task.metric, self.task.kind)
            scores = all_scores(
                self.task.kind, test.target, predicted, test.weight, asked
            )
        body = HoldoutScored(scores=tuple(scores.items()), opening=opening)
        return Outcome(body)

    def _compare_labels(self, ensemble: Ensemble) -> dict[str, float]:
        truth = open_label(self.folder.data)
        if ensemble.labels is None:
            raise ValueError("a clustering ensemble has no labels")
        return matched_scores(truth, read_labels(self.blobs, ensemble.labels))


def read_labels(blobs: BlobStore, ref: BlobRef) -> NDArray[np.int64]:
    """Cluster labels of the development rows, as the ensemble keeps them."""
    return np.frombuffer(blobs.read(ref), dtype="<i8").astype(np.int64)


def count_opening(path: Path, key: str) -> int:
    """How often the sealed part was opened; the same effect after a crash counts once."""
    keys = json.loads(path.read_text()) if path.exists() else []
    if key not in keys:
        keys.append(key)
        path.write_text(json.dumps(keys))
    return keys.index(key) + 1
