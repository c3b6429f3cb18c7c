"""A first look at how many clusters a table has; runs in a worker, on a small sample.

Partitions into each number of clusters are held against those of tables without structure: the
gap statistic (Tibshirani, Walther and Hastie, 2001), on cuts between neighbours as well.
"""

import math
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from schemas.clusters import ClusterQuality
from tabular.agreement import adjusted_rand
from tabular.clusters.judge import LEAST_CUT, Judge, leading_components, validity
from tabular.clusters.null_tables import tables_without_structure
from tabular.clusters.number import LEAST_GAP, MOST_CLUSTERS, USUAL_CLUSTERS
from tabular.clusters.usual_partitions import mixture, usual_partitions
from tabular.silhouette import sample_rows

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SURVEYED_ROWS = 600
HURRIED_ROWS = 300
UNHURRIED_SECONDS = 5.0
"""With less time than this, fewer rows are looked at."""
FEWEST_ROWS_PER_CLUSTER = 8
MOST_ROUNDS = 3
TABLES_PER_ROUND = 2
"""One of each kind of table without structure."""
SUBSAMPLES = 4
SUBSAMPLE_SHARE = 0.8
ABOUT_AS_THIN = 1.0
"""As a difference of logarithms of cut shares."""
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


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was seen of one table.

    Attributes:
        best: Per number of clusters, the best of all methods.
        labels: Per number, the most valid partition.
    """

    best: dict[int, _Best]
    labels: dict[int, Integers]

    @property
    def may_have_more(self) -> bool:
        """Whether the usual numbers end while cuts are about as thin as any."""
        if max(self.best) < USUAL_CLUSTERS:
            return False
        thinnest = max(one.thinness for one in self.best.values())
        return self.best[USUAL_CLUSTERS].thinness > thinnest - ABOUT_AS_THIN


def survey(matrix: Floats, seed: int, seconds: float = math.inf) -> Floats:
    """Measure what speaks for each number of clusters.

    Up to 8 clusters are tried, or up to 20 if 8 are cut about as thinly as any other number and
    there is time. One round holds the table against two tables without structure. There are up
    to three, as long as the next one would end in time; with little time 300 rows are looked at
    instead of 600.

    Args:
        matrix: Standardised features (rows, columns).
        seed: Seed of all that is drawn.
        seconds: How long it should take; the first round is always taken.

    Returns:
        One row for each number from 1 on, with the columns `FIELDS`; see `NumberEvidence`.
    """
    begun = time.monotonic()
    rows = SURVEYED_ROWS if seconds >= UNHURRIED_SECONDS else HURRIED_ROWS
    points = matrix[sample_rows(len(matrix), rows)]
    numbers = _numbers(len(points), USUAL_CLUSTERS)
    random = np.random.default_rng([seed, 8])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        own = _measure(points, numbers, seed)
        is_unhurried = seconds >= UNHURRIED_SECONDS
        if is_unhurried and own.may_have_more and _is_clear(own, points, random, seed):
            numbers = _numbers(len(points), MOST_CLUSTERS)
            own = _measure(points, numbers, seed)
        steady = _stabilities(points, numbers, random, seed)
        information = mixture_information(points, numbers, seed)
        left = seconds - (time.monotonic() - begun)
        empty = _measure_null_tables(points, numbers, random, seed, left)
    return _table(own, empty, steady, information)


def _numbers(rows: int, most: int) -> range:
    """Numbers of clusters to try, up to so many as the rows allow."""
    return range(2, max(min(most, rows // FEWEST_ROWS_PER_CLUSTER), 2) + 1)


def mixture_information(points: Floats, numbers: range, seed: int) -> dict[int, float]:
    """Schwarz's criterion per row of the best mixture of normal distributions, sign turned."""
    components = leading_components(points)
    return {
        number: -float(
            mixture(number, seed).fit(components).bic(components) / len(points)
        )
        for number in (1, *numbers)
    }


def _table(
    own: _Measured,
    empty: list[_Measured],
    steady: dict[int, tuple[float, float]],
    information: dict[int, float],
) -> Floats:
    numbers = sorted(own.best)
    reference = np.array([[one.best[k].values for k in numbers] for one in empty])
    gains = np.array([own.best[k].values for k in numbers]) - reference.mean(axis=0)
    # Tables are few: what their cuts differ by is pooled over the numbers.
    spread = math.sqrt(reference[:, :, 0].var(axis=0, ddof=1).mean())
    error = spread * math.sqrt(1 + 1 / len(empty))
    rows = [
        [k, gain[0], error, *steady[k], *gain[1:], information[k]]
        for k, gain in zip(numbers, gains, strict=True)
    ]
    first = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, information[1]]
    return np.array([first, *rows])


def _measure_null_tables(
    points: Floats,
    numbers: range,
    random: np.random.Generator,
    seed: int,
    seconds: float,
) -> list[_Measured]:
    """What is seen of tables without structure, in rounds of one of each kind."""
    begun = time.monotonic()
    tables = tables_without_structure(points, random)
    measured: list[_Measured] = []
    for done in range(MOST_ROUNDS):
        taken = time.monotonic() - begun
        if done and taken * (done + 1) / done > seconds:
            break
        drawn = [next(tables) for _ in range(TABLES_PER_ROUND)]
        measured += [_measure(table, numbers, seed) for table in drawn]
    return measured


def _is_clear(
    own: _Measured, points: Floats, random: np.random.Generator, seed: int
) -> bool:
    """Whether the largest usual number is cut more thinly than where there is no structure."""
    tables = tables_without_structure(points, random)
    number = range(USUAL_CLUSTERS, USUAL_CLUSTERS + 1)
    empty = [
        _measure(next(tables), number, seed).best[USUAL_CLUSTERS].thinness
        for _ in range(TABLES_PER_ROUND)
    ]
    return own.best[USUAL_CLUSTERS].thinness - max(empty) > LEAST_GAP


def _measure(points: Floats, numbers: range, seed: int) -> _Measured:
    judge = Judge(points)
    found = usual_partitions(points, numbers, seed)
    qualities = dict(
        zip(found, judge.sampled_qualities(list(found.values())), strict=True)
    )
    best: dict[int, _Best] = {}
    labels: dict[int, Integers] = {}
    for number in numbers:
        own = {name: q for name, q in qualities.items() if name[1] == number}
        best[number] = _best(list(own.values()))
        worth = {name: validity(quality) for name, quality in own.items()}
        labels[number] = found[max(worth, key=worth.__getitem__)]
    return _Measured(best, labels)


def _best(qualities: Sequence[ClusterQuality]) -> _Best:
    return _Best(
        thinness=max(-math.log(one.cut + LEAST_CUT) for one in qualities),
        silhouette=max(one.silhouette for one in qualities),
        davies_bouldin=max(-(one.davies_bouldin or _LARGEST) for one in qualities),
        calinski_harabasz=max(math.log(one.calinski_harabasz + 1) for one in qualities),
    )


def _stabilities(
    points: Floats, numbers: range, random: np.random.Generator, seed: int
) -> dict[int, tuple[float, float]]:
    """Mean agreement of partitions of subsamples on their common rows, with its error.

    Of each subsample the most valid partition counts, whatever method it is from: that one
    method misses it once says nothing of the table.
    """
    count = round(SUBSAMPLE_SHARE * len(points))
    parts = [
        np.sort(random.choice(len(points), count, replace=False))
        for _ in range(SUBSAMPLES)
    ]
    labels = [_measure(points[rows], numbers, seed).labels for rows in parts]
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
