"""Agree on one clustering from many, by evidence accumulation (Fred and Jain 2005).

Rows that many partitions put together belong together. No label is ever looked at.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from schemas.ensemble import Consensus
from tabular.agreement import matched_scores
from tabular.applying import apply_consensus
from tabular.errors import TabularError
from tabular.matrix import standardised_matrix
from tabular.silhouette import mean_silhouettes, sample_rows, silhouette

__all__ = [
    "ChosenConsensus",
    "NoConsensusError",
    "apply_consensus",
    "choose_consensus",
    "co_association",
    "is_degenerate",
    "matched_scores",
    "standardised_matrix",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Affinity = npt.NDArray[np.float32]

NOISE = -1
EXACT_ROWS = 4000
"""Never is a matrix of more rows by rows than this built."""

_MOST_CLUSTERS = 10
_JUDGED_ROWS = 2000
_LARGEST_NOISE_SHARE = 0.9
_LARGEST_CLUSTER_SHARE = 0.95


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
        consensus: How labels of the kept members become one; its members are those kept.
        labels: Consensus cluster of each row.
        score: Silhouette of these labels.
        kept: Indices of the members that were not degenerate.
    """

    consensus: Consensus
    labels: Integers
    score: float
    kept: tuple[int, ...]


def choose_consensus(
    labels: Integers, matrix: Floats, clusters: int | None, seed: int
) -> ChosenConsensus:
    """Build a consensus of partitions.

    Up to 4000 rows the co-association matrix is exact. Above, rows that all members label
    alike become one micro cluster; if there are more than 4000 of those, random rows
    stand for all.

    Args:
        labels: Cluster of each row by each member (members, rows); -1 is noise.
        matrix: Standardised features (rows, columns), for the silhouette.
        clusters: Number of clusters, or None for the number from 2 to 10 whose cut has
            the best silhouette.
        seed: Seed of the run.

    Raises:
        NoConsensusError: If no partition is usable.
    """
    kept = tuple(m for m in range(len(labels)) if not is_degenerate(labels[m]))
    if not kept:
        raise NoConsensusError(f"all {len(labels)} partitions are degenerate")
    members = labels[list(kept)]
    anchors = _anchors(members, seed)
    together = co_association(members[:, anchors.rows], np.ones(len(kept)))
    tree = linkage(squareform(1.0 - together, checks=False), method="average")
    assigned = _best_cut(tree, members, anchors, matrix, clusters)
    consensus = _describe(members[:, anchors.rows], assigned, together)
    if anchors.place is None:
        agreed = apply_consensus(consensus, members)
    else:
        agreed = assigned[anchors.place]
    return ChosenConsensus(consensus, agreed, silhouette(matrix, agreed), kept)


def is_degenerate(labels: Integers) -> bool:
    """Tell whether a partition says (nearly) nothing."""
    clustered = labels[labels != NOISE]
    if len(clustered) < (1 - _LARGEST_NOISE_SHARE) * len(labels):
        return True
    sizes = np.unique(clustered, return_counts=True)[1]
    return len(sizes) < 2 or sizes.max() > _LARGEST_CLUSTER_SHARE * len(labels)  # noqa: PLR2004


def co_association(labels: Integers, weights: Floats) -> Affinity:
    """Weighted share of the members that put two rows together.

    Args:
        labels: Cluster of each row by each member (members, rows); -1 is noise, which is
            never together with anything.
        weights: One per member.

    Returns:
        Symmetric matrix (rows, rows) from 0 to 1, with 1 on the diagonal.
    """
    total = np.zeros((labels.shape[1], labels.shape[1]), dtype=np.float32)
    for own, weight in zip(labels, weights, strict=True):
        member = _one_hot(own, np.unique(own[own != NOISE]))
        total += np.float32(weight) * (member @ member.T)
    total /= np.float32(weights.sum())
    np.fill_diagonal(total, 1.0)
    return total


def _one_hot(labels: Integers, known: Integers) -> Affinity:
    one_hot: Affinity = (labels[:, None] == known).astype(np.float32)
    return one_hot


def _anchors(members: Integers, seed: int) -> _Anchors:
    rows = members.shape[1]
    if rows <= EXACT_ROWS:
        return _Anchors(np.arange(rows), np.arange(rows))
    _, first, signature, counts = np.unique(
        members.T, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    if len(first) > EXACT_ROWS:
        random = np.random.default_rng([seed, 4])
        return _Anchors(np.sort(random.choice(rows, EXACT_ROWS, replace=False)), None)
    # Micro clusters stand as often as they are large, so that averages weigh all rows.
    repeats = 1 + (EXACT_ROWS - len(first)) * counts // rows
    starts = np.cumsum(repeats) - repeats
    return _Anchors(np.repeat(first, repeats), starts[signature.ravel()])


def _best_cut(
    tree: Floats,
    members: Integers,
    anchors: _Anchors,
    matrix: Floats,
    clusters: int | None,
) -> Integers:
    """Cluster of each anchor: the cut asked for, or the one with the best silhouette."""
    if clusters is not None:
        return _cut(tree, clusters)
    distinct = len(np.unique(members[:, anchors.rows], axis=1).T)
    most = max(min(_MOST_CLUSTERS, distinct), 2)
    cuts = [_cut(tree, count) for count in range(2, most + 1)]
    if anchors.place is None:
        places = sample_rows(len(anchors.rows), _JUDGED_ROWS)
        rows = anchors.rows[places]
    else:
        rows = sample_rows(members.shape[1], _JUDGED_ROWS)
        places = anchors.place[rows]
    scores = mean_silhouettes(matrix[rows], [cut[places] for cut in cuts])
    return cuts[int(np.argmax(scores))]


def _cut(tree: Floats, clusters: int) -> Integers:
    """Undo the last merges of a linkage; clusters are numbered by their first row."""
    leaves = len(tree) + 1
    children = tree[:, :2].astype(np.int64)
    first_undone = 2 * leaves - 1 - (clusters - 1)
    owner = np.arange(2 * leaves - 1)
    for merge in range(first_undone - leaves - 1, -1, -1):
        owner[children[merge]] = owner[leaves + merge]
    _, first, codes = np.unique(owner[:leaves], return_index=True, return_inverse=True)
    numbered: Integers = np.argsort(np.argsort(first))[codes]
    return numbered


def _describe(members: Integers, assigned: Integers, together: Affinity) -> Consensus:
    """Keep of the co-association what it takes to place new rows."""
    clusters = int(assigned.max()) + 1
    cluster = _one_hot(assigned, np.arange(clusters))
    nearness = together @ cluster / cluster.sum(axis=0)
    known = [np.unique(own) for own in members]
    affinity = []
    for own, labels in zip(members, known, strict=True):
        member = _one_hot(own, labels)
        affinity.append((member.T @ nearness) / member.sum(axis=0)[:, None])
    return Consensus(
        clusters=clusters,
        weights=(1 / len(members),) * len(members),
        labels=tuple(tuple(labels.tolist()) for labels in known),
        affinity=tuple(
            tuple(tuple(row) for row in table.astype(np.float64).tolist())
            for table in affinity
        ),
    )
