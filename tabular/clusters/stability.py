"""How well clusters are found again by refits on subsamples."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tabular.agreement import adjusted_rand

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Refits:
    """Labels of the rows that are judged, by refits of members on subsamples.

    Attributes:
        labels: Per member, per refit.
        weights: One per member.
    """

    labels: tuple[tuple[Integers, ...], ...]
    weights: Floats


class Stability(NamedTuple):
    """How stable a partition is.

    Attributes:
        overall: Mean agreement of refits with it (adjusted Rand index); None without any.
        by_cluster: Per cluster label, its mean largest overlap (Jaccard) with a cluster of a
            refit (Hennig, Computational Statistics & Data Analysis 52, 2007).
    """

    overall: float | None
    by_cluster: dict[int, float]


def cluster_stability(labels: Integers, refits: Refits) -> Stability:
    """Hold a partition against refits.

    Args:
        labels: Cluster of each row that is judged.
        refits: What refits of the members say of the same rows.
    """
    pairs = [
        (weight / len(own), refit)
        for weight, own in zip(refits.weights, refits.labels, strict=True)
        for refit in own
    ]
    known = [int(k) for k in np.unique(labels)]
    if not pairs:
        return Stability(None, {})
    weights = np.array([weight for weight, _ in pairs])
    agreed = [adjusted_rand(labels, refit) for _, refit in pairs]
    overlaps = [
        [largest_overlap(labels == k, refit) for k in known] for _, refit in pairs
    ]
    return Stability(
        float(np.average(agreed, weights=weights)),
        dict(zip(known, np.average(overlaps, axis=0, weights=weights), strict=True)),
    )


def largest_overlap(inside: npt.NDArray[np.bool_], labels: Integers) -> float:
    """Largest share of common rows, among rows in either, over the clusters of a partition."""
    known, codes = np.unique(labels, return_inverse=True)
    common = np.bincount(codes[inside], minlength=len(known))
    either = np.bincount(codes, minlength=len(known)) + inside.sum() - common
    return float((common / either).max())
