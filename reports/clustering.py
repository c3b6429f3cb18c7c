"""What a result says of a clustering: how many clusters, why, and what each is like."""

from reports.part import Summary
from schemas.base import BlobRef
from schemas.clusters import (
    ClusterProfile,
    ClusterQuality,
    ClusterSurvey,
    NumberEvidence,
)
from schemas.ensemble import Ensemble
from schemas.task import Task, TaskKind


class ExcludedPartition(Summary):
    """A candidate's partition that had no say in the consensus."""

    candidate: str
    reason: str


class ClusteringSummary(Summary):
    """A clustering in numbers and words.

    Attributes:
        clusters: Number of clusters of the consensus, without noise.
        is_chosen: Whether the number was chosen, not named.
        reason: Why this number.
        best: What speaks for the three best numbers, best first; empty if it was named.
        quality: Internal measures of the consensus.
        stability: Agreement of refits on subsamples with it (adjusted Rand index), or None.
        profiles: Each cluster; -1 is noise.
        excluded: Partitions that were left out, with the reason.
        map: Two-dimensional map in the run's blobs: JSON with `rows`, `x`, `y`, `cluster`.
        confidence: Confidence of each row in the run's blobs, little-endian float32.
    """

    clusters: int
    is_chosen: bool
    reason: str
    best: tuple[NumberEvidence, ...]
    quality: ClusterQuality
    stability: float | None
    profiles: tuple[ClusterProfile, ...]
    excluded: tuple[ExcludedPartition, ...]
    map: BlobRef | None
    confidence: BlobRef | None


def summarise_clustering(
    task: Task | None, survey: ClusterSurvey | None, ensemble: Ensemble | None
) -> ClusteringSummary | None:
    """Sum up a clustering; None for other tasks and before there is a consensus."""
    if task is None or task.kind is not TaskKind.CLUSTERING or ensemble is None:
        return None
    found = ensemble.clustering
    if found is None:
        return None
    return ClusteringSummary(
        clusters=max(found.quality.clusters, 1),
        is_chosen=survey is not None or task.clusters is None,
        reason=_reason(survey, task),
        best=_best(survey),
        quality=found.quality,
        stability=found.stability,
        profiles=found.profiles,
        excluded=tuple(
            ExcludedPartition(candidate=one.candidate, reason=one.reason)
            for one in ensemble.excluded
        ),
        map=found.map,
        confidence=found.confidence,
    )


def _reason(survey: ClusterSurvey | None, task: Task) -> str:
    if survey is not None:
        return survey.reason
    if task.clusters is not None:
        return "the number was asked for"
    return "the number with the widest silhouette"


def _best(survey: ClusterSurvey | None) -> tuple[NumberEvidence, ...]:
    if survey is None:
        return ()
    known = {one.clusters: one for one in survey.evidence}
    return tuple(known[number] for number in survey.best if number in known)
