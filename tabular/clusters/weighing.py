"""Weighs partitions against each other by what internal measures say of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from schemas.clusters import ClusterQuality
from tabular.clusters.judge import LEAST_CUT, validity

Floats = npt.NDArray[np.float64]

LARGEST_NOISE_SHARE = 0.9
LARGEST_CLUSTER_SHARE = 0.95
CUT_TOLERANCE = 1.5
LEAST_CUT_TOLERANCE = 0.001
"""Thin cuts are all about the same if they differ by less than this."""
SMALLEST_SHARE = 0.02
CONVEX_WEIGHT = 0.25
STABILITY_WEIGHT = 0.25
LIKELIHOOD_WEIGHT = 1.0
VALIDITY_WEIGHT = 1.5
"""As much as all the others together."""
WEIGHT_POWER = 2.0
LEAST_STABILITY = 0.6
"""Agreement with refits below which a partition is not to be trusted (Hennig, 2007)."""
OUTLIER_LIKENESS = 0.1
"""Mean agreement with the others below which a partition stands alone."""
FEWEST_FOR_OUTLIERS = 5
OUTLIER_RANK = 0.75


@dataclass(frozen=True, slots=True)
class Contender:
    """A partition that may take part in a consensus.

    Attributes:
        quality: What internal measures say.
        stability: Mean agreement with refits on subsamples, or None if there are none.
    """

    quality: ClusterQuality
    stability: float | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of each contender.

    Attributes:
        weights: 0 for those that are left out; sums to one if any is in.
        ranks: Mean rank over the measures among those that are not degenerate, 0 to 1.
        reasons: Why one is left out, or None.
    """

    weights: Floats
    ranks: Floats
    reasons: tuple[str | None, ...]


def why_degenerate(quality: ClusterQuality) -> str | None:
    """Why a partition says (nearly) nothing, or None."""
    if quality.noise > LARGEST_NOISE_SHARE:
        return f"degenerate: {quality.noise:.0%} of the rows are noise"
    if quality.clusters < 2:  # noqa: PLR2004
        return "degenerate: all rows in one cluster"
    if quality.largest > LARGEST_CLUSTER_SHARE:
        return f"degenerate: {quality.largest:.0%} of the rows in one cluster"
    return None


def weigh(
    contenders: Sequence[Contender], likeness: Floats, clusters: int | None
) -> Weighed:
    """Weigh partitions for a consensus.

    Partitions that say nothing, that have another number of clusters than is wanted, that
    refits on subsamples do not find again, that cut clearly more links between neighbours than
    the best one, or that stand alone are left out. The others count by the square of their mean
    rank in validity, in how well normal distributions fit, in stability, and in the mean of
    silhouette, Davies-Bouldin and Calinski-Harabasz.

    Args:
        contenders: At least one.
        likeness: Adjusted Rand index of each pair, shape (n, n).
        clusters: Number of clusters that is wanted, or None.
    """
    reasons = [why_degenerate(contender.quality) for contender in contenders]
    usable = [i for i, reason in enumerate(reasons) if reason is None]
    ranks = np.zeros(len(contenders))
    weights = np.zeros(len(contenders))
    if not usable:
        return Weighed(weights, ranks, tuple(reasons))
    ranks[usable] = mean_ranks([contenders[i] for i in usable])
    fitting = _fitting(contenders, usable, clusters)
    for index in set(usable) - set(fitting):
        found = contenders[index].quality.clusters
        reasons[index] = f"outlying: {found} clusters where {clusters} are wanted"
    steady = _steady(contenders, fitting, reasons)
    thin = _thinly_cut(contenders, steady, reasons)
    kept = _companions(likeness, ranks, thin, reasons)
    weights[kept] = mean_ranks([contenders[i] for i in kept]) ** WEIGHT_POWER
    return Weighed(weights / weights.sum(), ranks, tuple(reasons))


def mean_ranks(contenders: Sequence[Contender]) -> Floats:
    """Weighted mean rank of each over the measures, above 0 up to 1."""
    quality = [contender.quality for contender in contenders]
    convex = (
        _ranks([one.silhouette for one in quality])
        + _ranks([-(one.davies_bouldin or 0.0) for one in quality])
        + _ranks([one.calinski_harabasz for one in quality])
    ) / 3
    fit = _ranks([one.likelihood for one in quality])
    valid = _ranks([validity(one) for one in quality])
    parts = [
        (CONVEX_WEIGHT, convex),
        (LIKELIHOOD_WEIGHT, fit),
        (VALIDITY_WEIGHT, valid),
    ]
    known = [one.stability for one in contenders if one.stability is not None]
    if len(known) == len(contenders):
        parts.append((STABILITY_WEIGHT, _ranks(known)))
    total = sum(weight for weight, _ in parts)
    mean: Floats = np.sum([weight * rank for weight, rank in parts], axis=0) / total
    return mean


def order(contenders: Sequence[Contender]) -> list[int]:
    """Indices of contenders, the most valid first."""
    worth = [validity(contender.quality) for contender in contenders]
    return sorted(range(len(worth)), key=lambda index: (-worth[index], index))


def _ranks(values: Sequence[float]) -> Floats:
    ranks: Floats = scipy.stats.rankdata(np.round(values, 9)) / len(values)
    return ranks


def _fitting(
    contenders: Sequence[Contender], usable: list[int], clusters: int | None
) -> list[int]:
    """Those with the number of clusters that is wanted; all if there are none."""
    fitting = [i for i in usable if contenders[i].quality.clusters == clusters]
    return fitting or usable


def _steady(
    contenders: Sequence[Contender], fitting: list[int], reasons: list[str | None]
) -> list[int]:
    """Those that refits find again, or all if there are none.

    A cut that is thin by chance would set a bar that no steady partition passes.
    """
    agreed = {i: contenders[i].stability for i in fitting}
    shaky = {i: s for i, s in agreed.items() if s is not None and s < LEAST_STABILITY}
    if len(shaky) == len(fitting):
        return fitting
    for index, stability in shaky.items():
        reasons[index] = (
            f"unstable: refits on subsamples agree with it by {stability:.2f} only"
        )
    return [i for i in fitting if i not in shaky]


def _thinly_cut(
    contenders: Sequence[Contender], steady: list[int], reasons: list[str | None]
) -> list[int]:
    """Those that cut about as few links as the best one that has no tiny cluster."""
    even = [i for i in steady if contenders[i].quality.smallest >= SMALLEST_SHARE]
    if not even:
        return steady
    best = min(contenders[i].quality.cut for i in even)
    most = CUT_TOLERANCE * best + LEAST_CUT_TOLERANCE
    for index in steady:
        quality = contenders[index].quality
        if index not in even:
            reasons[index] = (
                f"outlying: its smallest cluster has {quality.smallest:.1%} of the rows"
            )
        elif quality.cut > most:
            times = (quality.cut + LEAST_CUT) / (best + LEAST_CUT)
            reasons[index] = (
                f"outlying: it cuts {times:.1f} times as many links between "
                "neighbours as the best"
            )
    return [i for i in even if reasons[i] is None]


def _companions(
    likeness: Floats, ranks: Floats, thin: list[int], reasons: list[str | None]
) -> list[int]:
    """Those that agree with some others, or rank high by themselves."""
    if len(thin) < FEWEST_FOR_OUTLIERS:
        return thin
    for index in thin:
        others = [i for i in thin if i != index]
        agreement = float(np.mean(likeness[index, others]))
        if agreement < OUTLIER_LIKENESS and ranks[index] < OUTLIER_RANK:
            reasons[index] = (
                f"outlying: its mean agreement with the others is {agreement:.2f}"
            )
    return [i for i in thin if reasons[i] is None] or thin
