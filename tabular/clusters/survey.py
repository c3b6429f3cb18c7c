"""A first look at how many clusters a table has; runs in a worker, on a small sample.

Partitions into each number of clusters are held against those of tables without structure: the
gap statistic (Tibshirani, Walther and Hastie, 2001), on cuts between neighbours as well.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import eigsh
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from tabular.agreement import adjusted_rand
from tabular.clusters.judge import LEAST_CUT, Judge, leading_components, validity
from tabular.clusters.neighbors import neighbor_links
from tabular.clusters.number import MOST_CLUSTERS
from tabular.silhouette import sample_rows

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SURVEYED_ROWS = 600
FEWEST_ROWS_PER_CLUSTER = 8
EMPTY_TABLES = 6
SUBSAMPLES = 4
SUBSAMPLE_SHARE = 0.8
_STARTS = 3
_VARIANCE_FLOOR = 1e-3
_MOST_STEPS = 60
_LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class _Best:
    """The best that any method reaches with a number of clusters, by each measure."""

    thinness: float
    silhouette: float
    davies_bouldin: float
    calinski_harabasz: float

    @property
    def values(self) -> Floats:
        """All of them, shape (4,)."""
        return np.array(
            [
                self.thinness,
                self.silhouette,
                self.davies_bouldin,
                self.calinski_harabasz,
            ]
        )


def survey(matrix: Floats, seed: int) -> Floats:
    """Measure what speaks for each number of clusters.

    Args:
        matrix: Standardised features (rows, columns).
        seed: Seed of all that is drawn.

    Returns:
        One row for each number from 1 on, with the columns `FIELDS`; see `NumberEvidence`.
    """
    points = matrix[sample_rows(len(matrix), SURVEYED_ROWS)]
    most = min(MOST_CLUSTERS, len(points) // FEWEST_ROWS_PER_CLUSTER)
    numbers = range(2, max(most, 2) + 1)
    random = np.random.default_rng([seed, 8])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        own, chosen = _measure(points, numbers, seed)
        empty = [
            _measure(table, numbers, seed)[0]
            for table in tables_without_structure(points, EMPTY_TABLES, random)
        ]
        steady = _stabilities(points, numbers, chosen, random, seed)
        information = mixture_information(points, numbers, seed)
    rows = [[1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, information[1]]]
    for number in numbers:
        reference = np.array([best[number].values for best in empty])
        gains = own[number].values - reference.mean(axis=0)
        error = reference[:, 0].std(ddof=1) * math.sqrt(1 + 1 / len(reference))
        rows.append(
            [
                number,
                gains[0],
                error,
                *steady[number],
                *gains[1:],
                information[number],
            ]
        )
    return np.array(rows)


def tables_without_structure(
    points: Floats, count: int, random: np.random.Generator
) -> Iterator[Floats]:
    """Tables with the rows, columns and spread of one, but without clusters.

    In turns, rows are uniform in the box of the principal axes, and normal with the same
    covariance. Columns of two values (the levels of categories) are permuted instead, because
    the gaps between such values are no structure.
    """
    is_discrete = np.array([len(np.unique(column)) <= 2 for column in points.T])  # noqa: PLR2004
    numeric = points[:, ~is_discrete]
    centred = numeric - numeric.mean(axis=0) if numeric.size else numeric
    axes = np.linalg.svd(centred, full_matrices=False)[2] if numeric.size else numeric.T
    along = centred @ axes.T
    for turn in range(count):
        drawn = points.copy()
        if numeric.size and turn % 2:
            drawn[:, ~is_discrete] = (
                random.normal(size=along.shape) * along.std(axis=0)
            ) @ axes
        elif numeric.size:
            low, high = along.min(axis=0), along.max(axis=0)
            drawn[:, ~is_discrete] = random.uniform(low, high, along.shape) @ axes
        for column in np.flatnonzero(is_discrete):
            drawn[:, column] = random.permutation(drawn[:, column])
        yield drawn


def mixture_information(points: Floats, numbers: range, seed: int) -> dict[int, float]:
    """Schwarz's criterion per row of the best mixture of normal distributions, sign turned."""
    components = leading_components(points)
    return {
        number: -float(
            _mixture(number, seed).fit(components).bic(components) / len(points)
        )
        for number in (1, *numbers)
    }


def _mixture(number: int, seed: int) -> GaussianMixture:
    return GaussianMixture(
        number, reg_covar=_VARIANCE_FLOOR, max_iter=_MOST_STEPS, random_state=seed
    )


def _measure(
    points: Floats, numbers: range, seed: int
) -> tuple[dict[int, _Best], dict[int, str]]:
    """Per number the best of all methods, and the method of the most valid partition."""
    judge = Judge(points)
    found = partitions(points, numbers, seed)
    best: dict[int, _Best] = {}
    chosen: dict[int, str] = {}
    for number in numbers:
        names = [name for name, count in found if count == number]
        qualities = [judge.sampled_quality(found[name, number]) for name in names]
        best[number] = _Best(
            thinness=max(-math.log(q.cut + LEAST_CUT) for q in qualities),
            silhouette=max(q.silhouette for q in qualities),
            davies_bouldin=max(-(q.davies_bouldin or _LARGEST) for q in qualities),
            calinski_harabasz=max(math.log(q.calinski_harabasz + 1) for q in qualities),
        )
        worth = [validity(q) for q in qualities]
        chosen[number] = names[int(np.argmax(worth))]
    return best, chosen


def partitions(
    points: Floats, numbers: Sequence[int], seed: int, method: str | None = None
) -> dict[tuple[str, int], Integers]:
    """Partitions by (method, number): k-means, Ward, spectral and a Gaussian mixture.

    Args:
        points: Rows.
        numbers: Numbers of clusters, ascending.
        seed: Seed of all that is drawn.
        method: One of them, or None for all.
    """
    found: dict[tuple[str, int], Integers] = {}
    if method in {None, "ward"}:
        tree = linkage(points, "ward")
        for number in numbers:
            cut = fcluster(tree, number, criterion="maxclust") - 1
            found["ward", number] = cut.astype(np.int64)
    if method in {None, "spectral"}:
        space = spectral_space(neighbor_links(points), numbers[-1])
        for number in numbers:
            found["spectral", number] = _kmeans(space[:, :number], number, seed)
    if method in {None, "kmeans"}:
        for number in numbers:
            found["kmeans", number] = _kmeans(points, number, seed)
    if method in {None, "mixture"}:
        components = leading_components(points)
        for number in numbers:
            model = _mixture(number, seed)
            found["mixture", number] = model.fit_predict(components).astype(np.int64)
    return found


def _kmeans(points: Floats, number: int, seed: int) -> Integers:
    model = KMeans(number, n_init=_STARTS, random_state=seed)
    return np.asarray(model.fit_predict(points), dtype=np.int64)


def spectral_space(links: csr_array, most: int) -> Floats:
    """Leading eigenvectors of the random walk along links, shape (rows, most)."""
    rows = links.shape[0]
    degrees = np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)
    scale = diags_array(1 / np.sqrt(degrees))
    # Shifted by the identity all eigenvalues are positive, so the largest are wanted.
    walk = scale @ links @ scale + diags_array(np.ones(rows))
    if most >= rows - 1:
        values, vectors = np.linalg.eigh(walk.toarray())
    else:
        values, vectors = eigsh(walk, k=most, which="LM", v0=np.sqrt(degrees))
    leading = vectors[:, np.argsort(-values)[:most]]
    space: Floats = leading / np.sqrt(degrees)[:, None]
    return space


def _stabilities(
    points: Floats,
    numbers: range,
    chosen: dict[int, str],
    random: np.random.Generator,
    seed: int,
) -> dict[int, tuple[float, float]]:
    """Mean agreement of partitions of subsamples on their common rows, with its error."""
    count = round(SUBSAMPLE_SHARE * len(points))
    parts = [
        np.sort(random.choice(len(points), count, replace=False))
        for _ in range(SUBSAMPLES)
    ]
    labels: list[dict[int, Integers]] = []
    for rows in parts:
        own: dict[int, Integers] = {}
        for method in sorted(set(chosen.values())):
            wanted = [number for number in numbers if chosen[number] == method]
            found = partitions(points[rows], wanted, seed, method)
            own |= {number: found[method, number] for number in wanted}
        labels.append(own)
    return {number: _agreement(parts, labels, number) for number in numbers}


def _agreement(
    parts: list[Integers], labels: list[dict[int, Integers]], number: int
) -> tuple[float, float]:
    agreed = []
    for first in range(len(parts)):
        for second in range(first):
            _, own, other = np.intersect1d(
                parts[first], parts[second], return_indices=True
            )
            agreed.append(
                adjusted_rand(labels[first][number][own], labels[second][number][other])
            )
    return float(np.mean(agreed)), float(np.std(agreed, ddof=1) / math.sqrt(len(parts)))
