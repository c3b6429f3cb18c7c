"""Openings of the sealed part are counted."""

from pathlib import Path

import numpy as np

from bus.blobs import BlobStore
from engine.holdout import count_opening, read_labels


def test_each_ensemble_opens_once_however_often_it_is_scored(tmp_path: Path) -> None:
    path = tmp_path / "openings.jsonl"

    assert count_opening(path, "first") == 1
    assert count_opening(path, "first") == 1
    assert count_opening(path, "second") == 2
    assert count_opening(path, "first") == 1


def test_labels_survive_the_blob_store(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    labels = np.array([0, -1, 2], dtype="<i8")

    assert list(read_labels(blobs, blobs.keep(labels.tobytes()))) == [0, -1, 2]
