"""Predictions come back as they were kept."""

from pathlib import Path

import numpy as np

from bus.blobs import BlobStore
from engine.stored_predictions import keep_predictions, read_predictions


def test_arrays_are_joined_in_the_order_of_their_references(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    said = np.random.default_rng(0).random((5, 3))

    refs = [keep_predictions(blobs, said[:2]), keep_predictions(blobs, said[2:].T.T)]

    assert np.array_equal(read_predictions(blobs, refs, 3), said)
