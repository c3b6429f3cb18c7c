"""Stacking: a regularised linear model over the members' out-of-fold predictions.

Coefficients are at least zero (Breiman 1996) and drawn towards equal shares.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, nnls

from schemas.ensemble import LinearStack
from schemas.task import TaskKind
from tabular.applying import log_probabilities, softmax

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]

_CLASS_PENALTY_ROWS = 10.0
_VALUE_PENALTY_SHARE = 1e-2
_MAX_ITERATIONS = 100
_FITTED_CELLS = 500_000
_FEWEST_FITTED_ROWS = 2000
_SEED = 20243


def fit_stack(
    predictions: Floats,
    truth: Array,
    kind: TaskKind,
    n_classes: int,
    weight: Floats | None = None,
) -> LinearStack:
    """Fit a linear stack.

    Args:
        predictions: Out-of-fold predictions of every member (members, rows, columns).
        truth: Class codes or values.
        kind: Kind of task, not clustering.
        n_classes: Number of classes; not used for regression.
        weight: One weight per row, or None.

    Returns:
        One coefficient of zero or more per member; one intercept per class, or one.
    """
    share = np.full(len(truth), 1 / len(truth))
    if weight is not None:
        share = weight / weight.sum()
    if kind is TaskKind.REGRESSION:
        return _fit_values(predictions[:, :, 0], truth.astype(np.float64), share)
    return _fit_classes(predictions, truth.astype(np.int64), n_classes, share)


def _fit_values(predictions: Floats, truth: Floats, share: Floats) -> LinearStack:
    """Ridge with non-negative coefficients, by least squares on the normal equations."""
    means, mean = predictions @ share, float(truth @ share)
    centred = (predictions - means[:, None]) * np.sqrt(share)
    gram = centred @ centred.T
    penalty = max(_VALUE_PENALTY_SHARE * float(np.trace(gram)) / len(gram), 1e-12)
    target = centred @ ((truth - mean) * np.sqrt(share)) + penalty / len(gram)
    root = np.linalg.cholesky(gram + penalty * np.eye(len(gram)))
    coefficients = nnls(root.T, np.linalg.solve(root, target))[0]
    return LinearStack(
        coefficients=tuple(coefficients.tolist()),
        intercepts=(mean - float(means @ coefficients),),
    )


def _fit_classes(
    predictions: Floats, truth: npt.NDArray[np.int64], n_classes: int, share: Floats
) -> LinearStack:
    """Multinomial regression on log-probabilities, one coefficient per member."""
    kept = _rows_to_fit(predictions.shape)
    predictions, truth, share = predictions[:, kept], truth[kept], share[kept]
    share = share / share.sum()
    logs = log_probabilities(predictions)
    members, rows = len(logs), np.arange(len(truth))
    own = logs[:, rows, truth]
    one_hot = np.zeros((len(truth), n_classes))
    one_hot[rows, truth] = 1.0
    penalty = _CLASS_PENALTY_ROWS / len(truth)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        weights, intercepts = parameters[:members], parameters[members:]
        logits = np.tensordot(weights, logs, axes=1) + intercepts
        probability = softmax(logits)
        chosen = np.maximum(probability[rows, truth], np.finfo(np.float64).tiny)
        away = weights - 1 / members
        value = -share @ np.log(chosen) + penalty / 2 * (
            away @ away + intercepts @ intercepts
        )
        excess = probability * share[:, None]
        by_weight = np.tensordot(logs, excess, axes=2) - own @ share + penalty * away
        by_intercept = (excess - one_hot * share[:, None]).sum(axis=0)
        by_intercept += penalty * intercepts
        return float(value), np.concatenate([by_weight, by_intercept])

    start = np.concatenate([np.full(members, 1 / members), np.zeros(n_classes)])
    bounds = [(0.0, None)] * members + [(None, None)] * n_classes
    options = {"maxiter": _MAX_ITERATIONS}
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )
    return LinearStack(
        coefficients=tuple(found.x[:members].tolist()),
        intercepts=tuple(found.x[members:].tolist()),
    )


def _rows_to_fit(shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """A sample where there are many more cells than so few parameters need."""
    members, rows, columns = shape
    wanted = max(_FITTED_CELLS // (members * columns), _FEWEST_FITTED_ROWS)
    if rows <= wanted:
        return np.arange(rows)
    random = np.random.default_rng(_SEED)
    return np.sort(random.choice(rows, wanted, replace=False))
