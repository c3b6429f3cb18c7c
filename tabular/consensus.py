"""Agree on one clustering from many, by evidence accumulation (Fred and Jain 2005).

Rows that many partitions put together belong together. No label is ever looked at.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from schemas.ensemble import Consensus
from tabular.applying import NOISE, NOISE_SHARE, apply_consensus
from tabular.errors import TabularError
from tabular.silhouette import mean_silhouettes, sample_rows

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Affinity = npt.NDArray[np.float32]

EXACT_ROWS = 4000
"""Never is a matrix of more rows by rows than this built."""
SMALLEST_SHARE = 0.01
"""A cluster with a smaller share of the rows is a remnant of disagreement."""

_MOST_CLUSTERS = 10
_MOST_REMNANTS = 30
_JUDGED_ROWS = 2000


@dataclass(frozen=True, slots=True)
class _Anchors:
    """The rows between which co-association is counted.

    Attributes:
        rows: Their indices; a row that stands for many alike may be there several times.
        place: Place in `rows` of the anchor with the same labels, for every row of the
            table; None if some row has no such anchor.
    """

    rows: Integers
    place: Integers | None


class NoConsensusError(TabularError):
    """Every partition is degenerate: one cluster, almost one cluster, or noise."""


class ChosenConsensus(NamedTuple):
    """A consensus with what it says of the rows it was built on.

    Attributes:
        consensus: How labels of the members become one.
        labels: Consensus cluster of each row, -1 for noise.
        confidence: How much more each row belongs to its own cluster than to the next, 0 to 1.
    """

    consensus: Consensus
    labels: Integers
    confidence: Floats


def choose_consensus(
    labels: Integers,
    weights: Floats,
    matrix: Floats,
    clusters: int | None,
    seed: int,
) -> ChosenConsensus:
    """Build a consensus of partitions.

    Up to 4000 rows the co-association matrix is exact. Above, rows that all members label
    alike become one micro cluster; if there are more than 4000 of those, random rows
    stand for all.

    Args:
        labels: Cluster of each row by each member (members, rows); -1 is noise.
        weights: One per member, above 0.
        matrix: Standardised features (rows, columns), for the silhouette.
        clusters: Number of clusters, or None for the number from 2 to 10 whose cut has
            the best silhouette.
        seed: Seed of the run.

    Raises:
        NoConsensusError: If most of every row's members call it noise.
    """
    weights = weights / weights.sum()
    is_noise = weights @ (labels == NOISE) > NOISE_SHARE
    rows = np.flatnonzero(~is_noise)
    if len(rows) < 2:  # noqa: PLR2004
        raise NoConsensusError(f"all {len(labels)} partitions call nearly all noise")
    members = labels[:, rows]
    anchors = _anchors(members, seed)
    together = co_association(members[:, anchors.rows], weights)
    apart = scipy.spatial.distance.squareform(1.0 - together, checks=False)
    tree = scipy.cluster.hierarchy.linkage(apart, method="average")
    assigned = _best_cut(tree, members, anchors, matrix[rows], clusters, together)
    consensus = _describe(members[:, anchors.rows], assigned, together, weights)
    placed = apply_consensus(consensus, labels)
    if anchors.place is not None:
        placed.labels[rows] = assigned[anchors.place]
    return ChosenConsensus(consensus, *placed)


def co_association(labels: Integers, weights: Floats) -> Affinity:
    """Weighted share of the members that put two rows together.

    Args:
        labels: Cluster of each row by each member (members, rows); -1 is noise, which is
            never together with anything.
        weights: One per member.

    Returns:
        Symmetric matrix (rows, rows) from 0 to 1, with 1 on the diagonal.
    """
    shares = np.sqrt(weights / weights.sum()).astype(np.float32)
    stacked = np.hstack(
        [
            share * _one_hot(own, np.unique(own[own != NOISE]))
            for own, share in zip(labels, shares, strict=True)
        ]
    )
    total: Affinity = np.minimum(stacked @ stacked.T, np.float32(1.0))
    np.fill_diagonal(total, 1.0)
    return total


def one_cluster() -> Consensus:
    """A consensus of nobody: all rows are in one cluster."""
    return Consensus(clusters=1, weights=(), labels=(), affinity=())


def _one_hot(labels: Integers, known: Integers) -> Affinity:
    one_hot: Affinity = (labels[:, None] == known).astype(np.float32)
    return one_hot


def _anchors(members: Integers, seed: int) -> _Anchors:
    rows = members.shape[1]
    if rows <= EXACT_ROWS:
        return _Anchors(np.arange(rows), np.arange(rows))
    signature = _signatures(members)
    counts = np.bincount(signature)
    first = np.zeros(len(counts), dtype=np.int64)
    first[signature[::-1]] = np.arange(rows)[::-1]
    if len(first) > EXACT_ROWS:
        random = np.random.default_rng([seed, 4])
        return _Anchors(np.sort(random.choice(rows, EXACT_ROWS, replace=False)), None)
    # Micro clusters stand as often as they are large, so that averages weigh all rows.
    repeats = 1 + (EXACT_ROWS - len(first)) * counts // rows
    starts = np.cumsum(repeats) - repeats
    return _Anchors(np.repeat(first, repeats), starts[signature])


def _signatures(members: Integers) -> Integers:
    """Number rows that all members label alike, by their first appearance."""
    codes = np.zeros(members.shape[1], dtype=np.int64)
    for own in members:
        codes = pd.factorize(codes * (own.max() + 2) + own + 1)[0]
    return codes


def _best_cut(
    tree: Floats,
    members: Integers,
    anchors: _Anchors,
    matrix: Floats,
    clusters: int | None,
    together: Affinity,
) -> Integers:
    """Cluster of each anchor: the cut asked for, or the one with the best silhouette."""
    if clusters is not None:
        return _even_cut(tree, clusters, together)
    distinct = len(np.unique(members[:, anchors.rows], axis=1).T)
    most = max(min(_MOST_CLUSTERS, distinct), 2)
    cuts = [_even_cut(tree, count, together) for count in range(2, most + 1)]
    if anchors.place is None:
        places = sample_rows(len(anchors.rows), _JUDGED_ROWS)
        rows = anchors.rows[places]
    else:
        rows = sample_rows(members.shape[1], _JUDGED_ROWS)
        places = anchors.place[rows]
    scores = mean_silhouettes(matrix[rows], [cut[places] for cut in cuts])
    return cuts[int(np.argmax(scores))]


def _even_cut(tree: Floats, clusters: int, together: Affinity) -> Integers:
    """Cut so deep that so many clusters are no mere remnants; those join their nearest."""
    leaves = len(tree) + 1
    smallest = SMALLEST_SHARE * leaves
    for count in range(clusters, min(clusters + _MOST_REMNANTS, leaves) + 1):
        labels = _cut(tree, count)
        sizes = np.bincount(labels)
        large = np.flatnonzero(sizes >= smallest)
        if len(large) == clusters:
            return _absorbed(labels, large, together)
    return _cut(tree, clusters)


def _absorbed(labels: Integers, large: Integers, together: Affinity) -> Integers:
    """Give the rows of all other clusters to the large one they are most together with."""
    cluster = _one_hot(labels, large)
    nearest = (together @ cluster / cluster.sum(axis=0)).argmax(axis=1)
    own = np.searchsorted(large, labels)
    is_large = np.isin(labels, large)
    joined: Integers = np.where(is_large, own, nearest).astype(np.int64)
    return joined


def _cut(tree: Floats, clusters: int) -> Integers:
    """Undo the last merges of a linkage; clusters are numbered by their first row."""
    leaves = len(tree) + 1
    kept = leaves - clusters
    above = np.arange(2 * leaves - 1)
    merged = tree[:kept, :2].astype(np.int64).ravel()
    above[merged] = np.repeat(np.arange(leaves, leaves + kept), 2)
    while (above[above] != above).any():
        above = above[above]
    _, first, codes = np.unique(above[:leaves], return_index=True, return_inverse=True)
    numbered: Integers = np.argsort(np.argsort(first))[codes]
    return numbered


def _describe(
    members: Integers, assigned: Integers, together: Affinity, weights: Floats
) -> Consensus:
    """Keep of the co-association what it takes to place new rows."""
    clusters = int(assigned.max()) + 1
    cluster = _one_hot(assigned, np.arange(clusters))
    nearness = together @ cluster / cluster.sum(axis=0)
    known = [np.unique(own[own != NOISE]) for own in members]
    affinity = []
    for own, labels in zip(members, known, strict=True):
        member = _one_hot(own, labels)
        affinity.append((member.T @ nearness) / member.sum(axis=0)[:, None])
    return Consensus(
        clusters=clusters,
        weights=tuple(weights.tolist()),
        labels=tuple(tuple(labels.tolist()) for labels in known),
        affinity=tuple(
            tuple(tuple(row) for row in table.astype(np.float64).tolist())
            for table in affinity
        ),
    )
