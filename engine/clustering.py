"""Builds the consensus of clusterers from their labels: host maths, no candidate code."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bus.blobs import BlobStore
from engine.membership import make_members
from engine.scoring import Scorer
from engine.stored_predictions import read_predictions
from schemas.base import BlobRef
from schemas.clusters import Clustering, ClusterQuality, MemberEvidence
from schemas.commands import Combine, PooledFit
from schemas.ensemble import Ensemble, Exclusion
from schemas.task import Task
from tabular.agreement import adjusted_rand
from tabular.clusters.judge import validity
from tabular.clusters.map import cluster_map
from tabular.clusters.profile import describe_clusters
from tabular.clusters.stability import Refits, cluster_stability
from tabular.clusters.weighing import Contender, Weighed, order, weigh
from tabular.consensus import (
    ChosenConsensus,
    NoConsensusError,
    choose_consensus,
    one_cluster,
)
from tabular.development import Development

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

EXPECTED_CLUSTERS_SLACK = 0.1
"""A number that a proposer expects may cost this share of the score."""


@dataclass(slots=True)
class ClusterCombining:
    """Carries out `combine` for clusterings; keeps what it has read and measured once."""

    task: Task
    development: Development
    scorer: Scorer
    blobs: BlobStore
    seed: int
    _labels: dict[BlobRef, Integers] = field(default_factory=dict)
    _qualities: dict[BlobRef, ClusterQuality] = field(default_factory=dict)

    def run(self, command: Combine) -> Ensemble:
        """Weigh the pool and let those that count agree on one partition.

        Raises:
            NoConsensusError: If no partition is usable.
        """
        if self.task.clusters == 1:
            return self._undivided(command)
        pool = command.pool
        contenders = [self._contender(fit) for fit in pool]
        weighed = weigh(contenders, self._likeness(pool), self.task.clusters)
        kept = np.flatnonzero(weighed.weights)
        if not len(kept):
            raise NoConsensusError(f"all {len(pool)} partitions are degenerate")
        members = [pool[index] for index in kept]
        chosen = self._agree(members, weighed.weights[kept], command.clusters)
        return Ensemble(
            members=make_members(members, weighed.weights[kept]),
            combination=chosen.consensus,
            score=self._score(chosen.labels),
            standard_error=0.0,
            labels=self.blobs.keep(chosen.labels.astype("<i8").tobytes()),
            excluded=tuple(
                Exclusion(candidate=fit.candidate.id, reason=reason)
                for fit, reason in zip(pool, weighed.reasons, strict=True)
                if reason is not None
            ),
            clustering=self._describe(command, chosen, members, contenders, weighed),
        )

    def _agree(
        self, members: list[PooledFit], weights: Floats, expected: int | None
    ) -> ChosenConsensus:
        """The consensus; where no number is settled, one that is expected may do as well."""
        labels = np.stack([self._all_rows(member) for member in members])
        matrix, settled = self.scorer.matrix, self.task.clusters
        chosen = choose_consensus(labels, weights, matrix, settled, self.seed)
        if settled is not None or expected is None:
            return chosen
        other = choose_consensus(labels, weights, matrix, expected, self.seed)
        # No number tells for sure how many groups there are: knowledge may.
        score = self._score(chosen.labels)
        slack = EXPECTED_CLUSTERS_SLACK * abs(score)
        return other if self._score(other.labels) >= score - slack else chosen

    def _undivided(self, command: Combine) -> Ensemble:
        """All rows in one cluster: no structure was found."""
        rows = len(self.development.frame)
        labels, sure = np.zeros(rows, dtype=np.int64), np.ones(rows)
        chosen = ChosenConsensus(one_cluster(), labels, sure)
        nobody = Weighed(np.zeros(0), np.zeros(0), ())
        return Ensemble(
            members=(),
            combination=chosen.consensus,
            score=0.0,
            standard_error=0.0,
            labels=self.blobs.keep(labels.astype("<i8").tobytes()),
            clustering=self._describe(command, chosen, [], [], nobody),
        )

    def _score(self, labels: Integers) -> float:
        rows = np.arange(len(labels))
        return self.scorer.score(rows, labels.astype(np.float64)[:, None])

    def _load(self, ref: BlobRef) -> Integers:
        if ref not in self._labels:
            said = read_predictions(self.blobs, [ref], 1)[:, 0]
            self._labels[ref] = said.astype(np.int64)
        return self._labels[ref]

    def _all_rows(self, fit: PooledFit) -> Integers:
        """Its labels of all rows: the first fold has them."""
        return self._load(fit.predictions[0])

    def _judged_rows(self, fit: PooledFit) -> Integers:
        return self._all_rows(fit)[self.scorer.judge.rows]

    def _refits(self, fit: PooledFit) -> list[Integers]:
        """Labels of the rows that are judged, by each refit on a subsample."""
        return [self._load(ref) for ref in fit.predictions[1:]]

    def _contender(self, fit: PooledFit) -> Contender:
        ref = fit.predictions[0]
        if ref not in self._qualities:
            self._qualities[ref] = self.scorer.judge.quality(self._load(ref))
        own = self._judged_rows(fit)
        agreed = [adjusted_rand(own, refit) for refit in self._refits(fit)]
        mean = float(np.mean(agreed)) if agreed else None
        return Contender(self._qualities[ref], mean)

    def _likeness(self, pool: tuple[PooledFit, ...]) -> NDArray[np.float64]:
        """Adjusted Rand index of each pair, on the rows that are judged."""
        labels = [self._judged_rows(fit) for fit in pool]
        likeness = np.eye(len(pool))
        for i in range(len(pool)):
            for j in range(i):
                likeness[i, j] = likeness[j, i] = adjusted_rand(labels[i], labels[j])
        return likeness

    def _describe(
        self,
        command: Combine,
        chosen: ChosenConsensus,
        members: list[PooledFit],
        contenders: list[Contender],
        weighed: Weighed,
    ) -> Clustering:
        judge = self.scorer.judge
        refits = Refits(
            tuple(tuple(self._refits(member)) for member in members),
            weighed.weights[weighed.weights > 0],
        )
        stability = cluster_stability(chosen.labels[judge.rows], refits)
        clustering = Clustering(
            quality=judge.quality(chosen.labels),
            stability=stability.overall,
            evidence=tuple(
                MemberEvidence(
                    candidate=command.pool[index].candidate.id,
                    quality=contenders[index].quality,
                    validity=validity(contenders[index].quality),
                    stability=contenders[index].stability,
                    rank=float(weighed.ranks[index]),
                )
                for index in order(contenders)
            ),
        )
        if not command.is_final:
            return clustering
        sure = chosen.confidence.astype("<f4")
        return clustering.model_copy(
            update={
                "profiles": describe_clusters(
                    self.development.frame,
                    chosen.labels,
                    chosen.confidence,
                    stability.by_cluster,
                ),
                "confidence": self.blobs.keep(sure.tobytes()),
                "map": self.blobs.keep_text(
                    cluster_map(
                        judge.matrix, judge.rows, chosen.labels
                    ).model_dump_json()
                ),
            }
        )
