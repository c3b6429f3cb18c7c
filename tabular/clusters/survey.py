"""A first look at how many clusters a table has; runs in a worker, on a small sample.

Partitions into each number of clusters are held against those of tables without structure: the
gap statistic (Tibshirani, Walther and Hastie, 2001), on cuts between neighbours as well.
"""

import math
import time
import warnings
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from tabular.agreement import adjusted_rand
from tabular.clusters.judge import LEAST_CUT, Judge, leading_components, validity
from tabular.clusters.null_tables import tables_without_structure
from tabular.clusters.number import MOST_CLUSTERS
from tabular.clusters.usual_partitions import Partitions, mixture, usual_partitions
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
        methods: Per number, the method of the most valid partition.
    """

    best: dict[int, _Best] = field(default_factory=dict)
    methods: dict[int, str] = field(default_factory=dict)


def survey(matrix: Floats, seed: int, seconds: float = math.inf) -> Floats:
    """Measure what speaks for each number of clusters.

    One round holds the table against two tables without structure. There are up to three, as
    long as the next one would end in time; with little time 300 rows are looked at instead of
    600.

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
    most = min(MOST_CLUSTERS, len(points) // FEWEST_ROWS_PER_CLUSTER)
    numbers = range(2, max(most, 2) + 1)
    random = np.random.default_rng([seed, 8])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        own = _measure(points, numbers, seed)
        steady = _stabilities(points, own.methods, random, seed)
        information = mixture_information(points, numbers, seed)
        left = seconds - (time.monotonic() - begun)
        empty = _measure_null_tables(points, numbers, random, seed, left)
    return _table(own, empty, steady, information)


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


def _measure(points: Floats, numbers: range, seed: int) -> _Measured:
    judge = Judge(points)
    found = usual_partitions(points, numbers, seed)
    qualities = dict(
        zip(found, judge.sampled_qualities(list(found.values())), strict=True)
    )
    measured = _Measured()
    for number in numbers:
        own = {name: q for (name, count), q in qualities.items() if count == number}
        measured.best[number] = _Best(
            thinness=max(-math.log(q.cut + LEAST_CUT) for q in own.values()),
            silhouette=max(q.silhouette for q in own.values()),
            davies_bouldin=max(-(q.davies_bouldin or _LARGEST) for q in own.values()),
            calinski_harabasz=max(
                math.log(q.calinski_harabasz + 1) for q in own.values()
            ),
        )
        measured.methods[number] = max(own, key=lambda name: validity(own[name]))
    return measured


def _stabilities(
    points: Floats, methods: dict[int, str], random: np.random.Generator, seed: int
) -> dict[int, tuple[float, float]]:
    """Mean agreement of partitions of subsamples on their common rows, with its error."""
    count = round(SUBSAMPLE_SHARE * len(points))
    parts = [
        np.sort(random.choice(len(points), count, replace=False))
        for _ in range(SUBSAMPLES)
    ]
    labels: list[dict[int, Integers]] = []
    for rows in parts:
        found: Partitions = {}
        for method in sorted(set(methods.values())):
            wanted = [number for number in methods if methods[number] == method]
            found |= usual_partitions(points[rows], wanted, seed, method)
        labels.append({k: found[method, k] for k, method in methods.items()})
    return {number: _agreement(parts, labels, number) for number in methods}


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
