"""Predictions as they are kept: little-endian float64, row by row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from schemas.base import BlobRef


def keep_predictions(blobs: BlobStore, values: NDArray[np.float64]) -> BlobRef:
    """Keep an array of predictions."""
    return blobs.keep(np.ascontiguousarray(values, dtype="<f8").tobytes())


def read_predictions(
    blobs: BlobStore, refs: Sequence[BlobRef], columns: int
) -> NDArray[np.float64]:
    """Read arrays of predictions and join them, shape (rows, columns)."""
    raw = b"".join(blobs.read(ref) for ref in refs)
    return np.frombuffer(raw, dtype="<f8").reshape(-1, columns)
