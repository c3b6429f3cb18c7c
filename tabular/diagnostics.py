"""What predictions look like beside the truth: curves, bins and counts for the report."""

import numpy as np
import numpy.typing as npt

from schemas.diagnostics import Confusion, Line, ReliabilityBin, Residuals
from tabular.certainty import interval_lines

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CURVE_POINTS = 200
RELIABILITY_BINS = 10
HISTOGRAM_BINS = 40
SCATTERED_ROWS = 1_000
NARROWEST_RANGE = 1e-6
SHOWN_CLASSES = 20
DIGITS = 6
_SEED = 40_961


def roc_line(truth: Integers, probability: Floats) -> Line | None:
    """The receiver operating characteristic, thinned; None for rows of one class.

    Args:
        truth: 1 for the positive class, else 0, shape (n,).
        probability: Of the positive class, shape (n,).
    """
    if truth.all() or not truth.any():
        return None
    from sklearn.metrics import roc_curve

    false_positive, true_positive, _ = roc_curve(truth, probability)
    return _thinned(false_positive, true_positive)


def precision_recall_line(truth: Integers, probability: Floats) -> Line | None:
    """Precision over recall, thinned; None without a positive row."""
    if not truth.any():
        return None
    from sklearn.metrics import precision_recall_curve

    precision, recall, _ = precision_recall_curve(truth, probability)
    return _thinned(recall[::-1], precision[::-1])


def reliability(came_true: Integers, probability: Floats) -> tuple[ReliabilityBin, ...]:
    """Compare probabilities with what happened, in bins of equally many rows.

    Source: reliability diagrams (DeGroot and Fienberg 1983) with bins of equal mass.

    Args:
        came_true: 1 where the event happened, shape (n,).
        probability: What was said of it, shape (n,).
    """
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, min(RELIABILITY_BINS, len(order)))
    return tuple(
        ReliabilityBin(
            predicted=round(float(probability[part].mean()), DIGITS),
            observed=round(float(came_true[part].mean()), DIGITS),
            rows=len(part),
        )
        for part in parts
        if len(part)
    )


def confusion(
    truth: Integers, predicted: Integers, classes: tuple[str, ...]
) -> Confusion:
    """Count which class was predicted for which, among the largest classes.

    Args:
        truth: Class codes, shape (n,).
        predicted: Class codes, shape (n,).
        classes: Labels in code order.
    """
    from sklearn.metrics import confusion_matrix

    sizes = np.bincount(truth, minlength=len(classes))
    largest = np.argsort(-sizes, kind="stable")[:SHOWN_CLASSES]
    shown = np.sort(largest)
    counts = confusion_matrix(truth, predicted, labels=np.arange(len(classes)))
    return Confusion(
        classes=tuple(classes[code] for code in shown),
        counts=tuple(
            tuple(int(count) for count in counts[code, shown]) for code in shown
        ),
    )


def residuals(truth: Floats, predicted: Floats) -> Residuals:
    """A sample of true and predicted values, a histogram of all residuals, and intervals."""
    errors = truth - predicted
    low, high = np.quantile(errors, [0.002, 0.998])
    # Residuals that are all (nearly) the same need a range too.
    margin = NARROWEST_RANGE * max(1.0, abs(low), abs(high))
    limits = (low - margin, high + margin)
    clipped = np.clip(errors, *limits)
    counts, edges = np.histogram(clipped, bins=HISTOGRAM_BINS, range=limits)
    random = np.random.default_rng(_SEED)
    most = min(SCATTERED_ROWS, len(truth))
    sample = np.sort(random.choice(len(truth), most, replace=False))
    lower, upper = interval_lines(truth, predicted) or (None, None)
    return Residuals(
        truth=_plain(truth[sample]),
        predicted=_plain(predicted[sample]),
        edges=_plain(edges),
        counts=tuple(int(count) for count in counts),
        lower=lower,
        upper=upper,
    )


def _thinned(x: Floats, y: Floats) -> Line:
    """Keep so many points of a curve, its ends among them."""
    most = min(CURVE_POINTS, len(x))
    kept = np.unique(np.linspace(0, len(x) - 1, most).round().astype(np.int64))
    return Line(x=_plain(x[kept]), y=_plain(y[kept]))


def _plain(values: Floats) -> tuple[float, ...]:
    """Numbers with six significant digits: more would only make the report larger."""
    return tuple(float(f"{value:.{DIGITS}g}") for value in values)
