"""Names for the arrays that pass between building blocks."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
"""Numbers of single precision: networks gain nothing from more."""
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
