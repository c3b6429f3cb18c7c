"""Chooses how many clusters a table has, from what a survey of its rows measured."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas.clusters import ClusterSurvey, NumberEvidence

Floats = npt.NDArray[np.float64]

USUAL_CLUSTERS = 8
"""So many are tried first."""
MOST_CLUSTERS = 20
"""So many are tried if there may be more than that."""
FIELDS = (
    "clusters",
    "gap",
    "gap_error",
    "stability",
    "stability_error",
    "silhouette",
    "davies_bouldin",
    "calinski_harabasz",
    "information",
)
"""Columns of a survey; see `NumberEvidence`."""
LEAST_GAP_ERRORS = 2.5
LEAST_GAP = 0.2
"""Where no number of clusters has a gap of so much and of so many errors, there are none."""
GAP_FLOOR = 0.15
"""About what the gap of a table without structure is off by."""
STABILITY_WEIGHT = 2.0
SILHOUETTE_WEIGHT = 0.5
SHOWN_NUMBERS = 3
_DIGITS = 6


def evidence_of(table: Floats) -> tuple[NumberEvidence, ...]:
    """Give the numbers of a survey their names; rows of zeros are left out."""
    return tuple(
        NumberEvidence(
            clusters=int(row[0]),
            **{
                name: round(float(value), _DIGITS)
                for name, value in zip(FIELDS[1:], row[1:], strict=True)
            },
        )
        for row in table
        if row[0] > 0
    )


def choose_number(evidence: Sequence[NumberEvidence]) -> ClusterSurvey:
    """Choose the number of clusters.

    If no partition cuts clearly fewer links between neighbours than partitions of tables
    without structure do, there is one cluster. Otherwise a number scores by how much of its
    gap the next number loses, by its stability and by its silhouette; the smallest number
    within one standard error of the best score is taken.

    Args:
        evidence: Per number from 1 on, ascending.
    """
    several = [one for one in evidence if one.clusters > 1]
    if not several:
        return _undivided(evidence, "there are too few rows to look for clusters")
    scores = _scores(several)
    errors = _errors(several)
    scored = tuple(
        one.model_copy(
            update={
                "score": round(score, _DIGITS),
                "score_error": round(error, _DIGITS),
            }
        )
        for one, score, error in zip(several, scores, errors, strict=True)
    )
    all_evidence = (*(one for one in evidence if one.clusters == 1), *scored)
    if not any(_is_structured(one) for one in scored):
        strongest = max(scored, key=lambda one: one.gap)
        return _undivided(
            all_evidence,
            f"no structure was found: {strongest.clusters} clusters are no further apart than "
            "in tables without any",
        )
    best = max(scored, key=lambda one: one.score)
    chosen = next(one for one in scored if one.score >= best.score - best.score_error)
    return ClusterSurvey(
        clusters=chosen.clusters,
        is_chosen=True,
        reason=_reason(chosen, best),
        evidence=all_evidence,
        best=_best(scored),
    )


def _undivided(evidence: Sequence[NumberEvidence], reason: str) -> ClusterSurvey:
    several = [one for one in evidence if one.clusters > 1]
    return ClusterSurvey(
        clusters=1,
        is_chosen=True,
        reason=reason,
        evidence=tuple(evidence),
        best=(1, *_best(several))[:SHOWN_NUMBERS],
    )


def _best(scored: Sequence[NumberEvidence]) -> tuple[int, ...]:
    ordered = sorted(scored, key=lambda one: (-one.score, one.clusters))
    return tuple(one.clusters for one in ordered[:SHOWN_NUMBERS])


def _is_structured(one: NumberEvidence) -> bool:
    return one.gap > max(LEAST_GAP, LEAST_GAP_ERRORS * one.gap_error)


def _errors(several: Sequence[NumberEvidence]) -> list[float]:
    """Standard error of each score: of its own gap, of the next one and of its stability."""
    shares = [one.gap_error / (max(one.gap, 0.0) + GAP_FLOOR) for one in several]
    after = [*shares[1:], shares[-1]]
    return [
        math.hypot(own, following, STABILITY_WEIGHT * one.stability_error)
        for own, following, one in zip(shares, after, several, strict=True)
    ]


def _scores(several: Sequence[NumberEvidence]) -> list[float]:
    gaps = [max(one.gap, 0.0) + GAP_FLOOR for one in several]
    after = [*gaps[1:], gaps[-1]]
    widths = np.array([one.silhouette for one in several])
    spread = float(widths.max() - widths.min())
    scaled = (widths - widths.min()) / (spread or 1.0)
    return [
        math.log(gap / following)
        + STABILITY_WEIGHT * one.stability
        + SILHOUETTE_WEIGHT * float(width)
        for gap, following, one, width in zip(gaps, after, several, scaled, strict=True)
    ]


def _reason(chosen: NumberEvidence, best: NumberEvidence) -> str:
    if chosen is best:
        return f"{chosen.clusters} clusters have the most evidence"
    return (
        f"{chosen.clusters} clusters are within one standard error of {best.clusters}, "
        "and fewer"
    )
