"""Metrics of regression: truth and values are one-dimensional."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]

_SMALLEST = float(np.finfo(np.float64).eps)


def _errors(truth: Values, value: Values) -> Floats:
    return truth.astype(np.float64) - value.astype(np.float64)


def rmse(truth: Values, value: Values, weight: Floats | None = None) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.average(_errors(truth, value) ** 2, weights=weight)))


def mae(truth: Values, value: Values, weight: Floats | None = None) -> float:
    """Mean absolute error."""
    return float(np.average(np.abs(_errors(truth, value)), weights=weight))


def r2(truth: Values, value: Values, weight: Floats | None = None) -> float:
    """Share of variance explained; for constant truth 1 if it is met, else 0."""
    true = truth.astype(np.float64)
    mean = np.average(true, weights=weight)
    residual = np.average(_errors(truth, value) ** 2, weights=weight)
    spread = np.average((true - mean) ** 2, weights=weight)
    if spread == 0:
        return float(residual == 0)
    return float(1 - residual / spread)


def median_ae(truth: Values, value: Values, weight: Floats | None = None) -> float:
    """Median absolute error, the middle of the two medians if there are two."""
    errors = np.abs(_errors(truth, value))
    if weight is None:
        return float(np.median(errors))
    order = np.argsort(errors)
    share = np.cumsum(weight[order]) / weight.sum()
    lower = int(np.searchsorted(share, 0.5, side="left"))
    upper = min(int(np.searchsorted(share, 0.5, side="right")), len(errors) - 1)
    return float((errors[order[lower]] + errors[order[upper]]) / 2)


def mape(truth: Values, value: Values, weight: Floats | None = None) -> float:
    """Mean absolute error as a share of the truth."""
    size = np.maximum(np.abs(truth.astype(np.float64)), _SMALLEST)
    return float(np.average(np.abs(_errors(truth, value)) / size, weights=weight))


def rmsle(truth: Values, value: Values, weight: Floats | None = None) -> float:
    """Root of the mean squared error of log(1 + x); values below 0 count as 0.

    NaN where the truth is below 0.
    """
    true = truth.astype(np.float64)
    if true.min() < 0:
        return float("nan")
    said = np.log1p(np.maximum(value.astype(np.float64), 0.0))
    return float(np.sqrt(np.average((np.log1p(true) - said) ** 2, weights=weight)))


def pinball(
    truth: Values, value: Values, weight: Floats | None = None, level: float = 0.5
) -> float:
    """Pinball loss: what predictions of a quantile are judged by.

    Args:
        truth: True values.
        value: Predicted quantiles.
        weight: One weight per row, or None.
        level: Which quantile, 0 to 1.
    """
    errors = _errors(truth, value)
    losses = np.maximum(level * errors, (level - 1) * errors)
    return float(np.average(losses, weights=weight))
