"""Metrics of classification over class codes 0..C-1; class 1 is positive in binary ones."""

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]

_NO_SPREAD = 1e-12
_SMALLEST = float(np.finfo(np.float64).eps)


def roc_auc(truth: Codes, probability: Codes, weight: Floats | None = None) -> float:
    """Area under the ROC curve; several classes: one against the rest, macro mean.

    Classes that are absent (or alone) are skipped; NaN if none remains.
    """
    columns = probability.astype(np.float64, copy=False)
    if columns.shape[1] == 2:  # noqa: PLR2004 - binary
        return binary_roc_auc(truth == 1, columns[:, 1], weight)
    areas = [
        binary_roc_auc(truth == code, columns[:, code], weight)
        for code in range(columns.shape[1])
    ]
    defined = [area for area in areas if not np.isnan(area)]
    return float(np.mean(defined)) if defined else float("nan")


def binary_roc_auc(
    is_positive: npt.NDArray[np.bool_], scores: Floats, weight: Floats | None = None
) -> float:
    """Probability that a positive row outranks a negative one, ties counting half."""
    order = np.argsort(scores)
    ranked = scores[order]
    last_of_tie = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    mass = np.ones(len(scores)) if weight is None else weight[order]
    positive_mass = np.where(is_positive[order], mass, 0.0)
    positives = np.cumsum(positive_mass)[last_of_tie]
    negatives = np.cumsum(mass)[last_of_tie] - positives
    pairs = positives[-1] * negatives[-1]
    if pairs <= 0:
        return float("nan")
    below = np.concatenate(([0.0], negatives[:-1]))
    gained = np.diff(positives, prepend=0.0)
    return float(gained @ (below + negatives) / 2 / pairs)


def log_loss(truth: Codes, probability: Codes, weight: Floats | None = None) -> float:
    """Mean negative log-probability of the true class."""
    columns = probability.astype(np.float64, copy=False)
    own = columns[np.arange(len(truth)), truth.astype(np.int64)] / columns.sum(axis=1)
    return -float(np.average(np.log(np.clip(own, _SMALLEST, 1.0)), weights=weight))


def brier(truth: Codes, probability: Codes, weight: Floats | None = None) -> float:
    """Mean squared distance to the one-hot truth; for two classes, half of it."""
    columns = probability.astype(np.float64)
    columns[np.arange(len(truth)), truth.astype(np.int64)] -= 1.0
    scale = 0.5 if columns.shape[1] == 2 else 1.0  # noqa: PLR2004 - binary
    return scale * float(np.average((columns**2).sum(axis=1), weights=weight))


def average_precision(
    truth: Codes, probability: Codes, weight: Floats | None = None
) -> float:
    """Mean precision over the recall steps; NaN without a positive row."""
    scores = probability.astype(np.float64, copy=False)[:, 1]
    order = np.argsort(-scores)
    ranked = scores[order]
    last_of_tie = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    mass = np.ones(len(scores)) if weight is None else weight[order]
    hits = np.cumsum(np.where(truth[order] == 1, mass, 0.0))[last_of_tie]
    if hits[-1] <= 0:
        return float("nan")
    found = np.cumsum(mass)[last_of_tie]
    precision = np.divide(hits, found, out=np.zeros_like(hits), where=found > 0)
    return float(np.diff(hits, prepend=0.0) @ precision / hits[-1])


def accuracy(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """Share of rows with the right label."""
    return float(np.average(truth == label, weights=weight))


def balanced_accuracy(
    truth: Codes, label: Codes, weight: Floats | None = None
) -> float:
    """Mean recall over the classes that are present."""
    table = confusion(truth, label, weight)
    support = table.sum(axis=1)
    is_present = support > 0
    return float(np.mean(np.diag(table)[is_present] / support[is_present]))


def f1(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """F1 of the positive class; 0 if it neither occurs nor is predicted."""
    table = confusion(truth, label, weight, classes=2)
    return float(_f1_of_classes(table)[1])


def f1_macro(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """Mean F1 over the classes that occur or are predicted."""
    table = confusion(truth, label, weight)
    is_met = np.union1d(truth, label).astype(np.int64)
    return float(np.mean(_f1_of_classes(table)[is_met]))


def f1_micro(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """F1 over all rows at once, which is the accuracy as every row has one label."""
    return accuracy(truth, label, weight)


def f1_weighted(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """Mean F1 of the classes, each as often as it occurs."""
    table = confusion(truth, label, weight)
    return float(np.average(_f1_of_classes(table), weights=table.sum(axis=1)))


def quadratic_kappa(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """Cohen's kappa; a mistake costs the square of how far apart the two codes are.

    Classes are in the order of their labels. 0 where chance would make no mistake either.
    """
    table = confusion(truth, label, weight)
    codes = np.arange(len(table))
    cost = (codes[:, None] - codes) ** 2.0
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    expected = float((cost * by_chance).sum())
    if expected <= _NO_SPREAD * float(table.sum()):
        return 0.0
    return 1 - float((cost * table).sum()) / expected


def _f1_of_classes(table: Floats) -> Floats:
    involved = table.sum(axis=0) + table.sum(axis=1)
    shares = np.zeros(len(table))
    np.divide(2 * np.diag(table), involved, out=shares, where=involved > 0)
    return shares


def mcc(truth: Codes, label: Codes, weight: Floats | None = None) -> float:
    """Matthews correlation of truth and label (Gorodkin's for several classes)."""
    table = confusion(truth, label, weight)
    true, predicted, total = table.sum(axis=1), table.sum(axis=0), table.sum()
    covariance = np.trace(table) * total - true @ predicted
    spreads = total**2 - np.array([predicted @ predicted, true @ true])
    # Where all rows are of one class, rounded weights leave a spread that is not quite 0.
    if spreads.min() <= _NO_SPREAD * total**2:
        return 0.0
    return float(covariance / np.sqrt(spreads.prod()))


def confusion(
    truth: Codes, label: Codes, weight: Floats | None = None, classes: int = 0
) -> Floats:
    """Weight of rows by true class (rows of the table) and label (columns)."""
    true, said = truth.astype(np.int64), label.astype(np.int64)
    size = max(classes, int(true.max()) + 1, int(said.max()) + 1)
    cells = np.bincount(true * size + said, weights=weight, minlength=size**2)
    return cells.astype(np.float64).reshape(size, size)
