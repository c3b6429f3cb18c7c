"""Judges partitions by internal measures, on a fixed sample of rows. No label enters."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy

from schemas.clusters import ClusterQuality
from tabular.clusters.neighbors import cut_share, neighbor_links
from tabular.silhouette import mean_silhouettes, sample_rows

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

JUDGED_ROWS = 1500
LEAST_CUT = 0.003
"""Added to a share of cut links: below that, differences are chance."""
LIKELIHOOD_WEIGHT = 0.5
_SHOWN_VARIANCE = 0.9
_MOST_COMPONENTS = 10
_PRIOR_VARIANCE = 0.1
"""Of the mean variance; it stands for so many rows more than there are components."""
_PRIOR_ROWS = 2
_SMALLEST_SHARE = 0.02
_LEAST_VARIANCE = 1e-12


@dataclass(slots=True)
class Judge:
    """Measures partitions of one table.

    Attributes:
        matrix: Standardised features (rows, columns).
        rows: The rows that are looked at, 1500 at most.
    """

    matrix: Floats
    rows: Integers = field(init=False)
    _points: Floats = field(init=False)
    _components: Floats = field(init=False)
    _links: "scipy.sparse.csr_array" = field(init=False)

    def __post_init__(self) -> None:
        self.rows = sample_rows(len(self.matrix), JUDGED_ROWS)
        self._points = self.matrix[self.rows]
        self._components = leading_components(self._points)
        self._links = neighbor_links(self._points)

    def quality(self, labels: Integers) -> ClusterQuality:
        """Measure a partition.

        Args:
            labels: Cluster of each row of the table; -1 is noise.
        """
        return self.sampled_quality(labels[self.rows])

    def sampled_quality(self, labels: Integers) -> ClusterQuality:
        """Measure a partition of the rows that are looked at."""
        return self.sampled_qualities([labels])[0]

    def sampled_qualities(self, several: Sequence[Integers]) -> list[ClusterQuality]:
        """Measure partitions of the rows that are looked at; distances are taken once."""
        widths = mean_silhouettes(self._points, several)
        return [
            self._quality(labels, width)
            for labels, width in zip(several, widths, strict=True)
        ]

    def _quality(self, labels: Integers, silhouette: float) -> ClusterQuality:
        sizes = np.unique(labels[labels >= 0], return_counts=True)[1]
        shares = sizes / len(labels)
        return ClusterQuality(
            clusters=len(sizes),
            noise=float(np.mean(labels < 0)),
            largest=float(shares.max(initial=0.0)),
            smallest=float(shares.min(initial=1.0)),
            silhouette=silhouette,
            davies_bouldin=davies_bouldin(self._points, labels),
            calinski_harabasz=calinski_harabasz(self._points, labels),
            cut=cut_share(self._links, labels),
            likelihood=likelihood(self._components, labels),
        )


def validity(quality: ClusterQuality) -> float:
    """One number for a partition: larger is better, 0 or less says nothing.

    Thin cuts between neighbours count most, because they hold for clusters of any shape;
    how well normal distributions fit decides among cuts that are about the same. What a
    partition into so many clusters reaches by chance is taken off.
    """
    clusters = quality.clusters
    if clusters < 2:  # noqa: PLR2004
        return 0.0
    by_chance = 1.0 - 1.0 / clusters
    thinness = math.log((by_chance + LEAST_CUT) / (quality.cut + LEAST_CUT))
    lopsided = max(0.0, 1.0 - quality.smallest / _SMALLEST_SHARE)
    return thinness + LIKELIHOOD_WEIGHT * quality.likelihood - lopsided


def validity_score(
    matrix: npt.NDArray[np.generic],
    labels: npt.NDArray[np.generic],
    weight: Floats | None = None,
) -> float:
    """Validity of a partition.

    Args:
        matrix: Standardised features (rows, columns).
        labels: Cluster of each row; -1 is noise.
        weight: Not looked at: what is judged is where the rows lie.
    """
    del weight
    points = matrix.astype(np.float64)
    return validity(Judge(points).quality(labels.astype(np.int64)))


def leading_components(points: Floats) -> Floats:
    """Principal components with 90 % of the variance, ten at most, as scores of the rows."""
    centred = points - points.mean(axis=0)
    left, spread, _ = np.linalg.svd(centred, full_matrices=False)
    variance = spread**2
    if variance.sum() == 0:
        return np.zeros((len(points), 1))
    share = np.cumsum(variance) / variance.sum()
    count = min(int(np.searchsorted(share, _SHOWN_VARIANCE)) + 1, _MOST_COMPONENTS)
    scores: Floats = left[:, :count] * spread[:count]
    return scores


def davies_bouldin(points: Floats, labels: Integers) -> float | None:
    """Mean over clusters of how near the most similar other one is; None without two."""
    known = np.unique(labels[labels >= 0])
    if len(known) < 2:  # noqa: PLR2004
        return None
    centres = np.array([points[labels == k].mean(axis=0) for k in known])
    widths = np.array(
        [
            np.linalg.norm(points[labels == k] - centre, axis=1).mean()
            for k, centre in zip(known, centres, strict=True)
        ]
    )
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(apart, np.inf)
    likeness = (widths[:, None] + widths) / np.maximum(apart, 1e-12)
    return float(likeness.max(axis=1).mean())


def calinski_harabasz(points: Floats, labels: Integers) -> float:
    """Variance between clusters over variance inside them, each per degree of freedom."""
    points, labels = points[labels >= 0], labels[labels >= 0]
    known, sizes = np.unique(labels, return_counts=True)
    if len(known) < 2 or len(known) >= len(labels):  # noqa: PLR2004
        return 0.0
    centres = np.array([points[labels == k].mean(axis=0) for k in known])
    between = float(sizes @ ((centres - points.mean(axis=0)) ** 2).sum(axis=1))
    inside = float(((points - centres[np.searchsorted(known, labels)]) ** 2).sum())
    inside = max(inside, _LEAST_VARIANCE * between)
    return between / (len(known) - 1) / (inside / (len(labels) - len(known)))


def likelihood(components: Floats, labels: Integers) -> float:
    """Gain of a normal distribution per cluster over one for all rows, in nats per row.

    Rows of noise stay with the one for all. Covariances are drawn toward a small round one,
    so that a few rows cannot make a needle.
    """
    prior = _PRIOR_VARIANCE * float(components.var(axis=0).mean())
    if prior == 0:
        return 0.0
    whole = _log_densities(components, components, prior)
    gain = 0.0
    for cluster in np.unique(labels[labels >= 0]):
        is_own = labels == cluster
        own = components[is_own]
        share = math.log(len(own) / len(labels))
        gain += float((_log_densities(own, own, prior) + share - whole[is_own]).sum())
    return gain / len(labels)


def _log_densities(rows: Floats, fitted: Floats, prior: float) -> Floats:
    """Log-density of rows under a normal distribution fitted to some."""
    columns = rows.shape[1]
    centred = fitted - fitted.mean(axis=0)
    weight = columns + _PRIOR_ROWS
    covariance = centred.T @ centred + weight * prior * np.eye(columns)
    covariance /= len(fitted) + weight
    apart = rows - fitted.mean(axis=0)
    _, log_determinant = np.linalg.slogdet(covariance)
    squared = (apart * np.linalg.solve(covariance, apart.T).T).sum(axis=1)
    densities: Floats = -0.5 * (
        columns * math.log(2 * math.pi) + log_determinant + squared
    )
    return densities
