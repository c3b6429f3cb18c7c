"""How the values to predict are spread."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def is_positive(values: Values) -> bool:
    """Whether all values are above 0."""
    return bool(values.min() > 0)


def skewness(values: Values) -> float:
    """Mean cube of the standard scores; 0 if all values are the same."""
    from_mean = values - values.mean()
    deviation = values.std()
    if deviation == 0:
        return 0.0
    return float(((from_mean / deviation) ** 3).mean())
