"""Which pooled candidates an ensemble may be built from: neither the weak nor too many."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from schemas.commands import PooledFit
from schemas.ensemble import Exclusion

WEAK_STANDARD_ERRORS = 3.0
MOST_OF_ROWS = ((500, 8), (2_500, 15))
"""Up to so many rows, so many candidates: more would be weighed by chance (AutoGluon's)."""
MOST = 40


class Filtered(NamedTuple):
    """A pool without some of its candidates.

    Attributes:
        kept: The others, in their order; at least one.
        excluded: Who is left out, and why.
    """

    kept: tuple[PooledFit, ...]
    excluded: tuple[Exclusion, ...]


def filter_pool(pool: Sequence[PooledFit], baseline: float, sign: float) -> Filtered:
    """Leave out who has no score, is no better than a constant, or is far behind.

    Far behind is more than three standard errors of the difference; such a candidate stays if
    no better one is of its family, because families err on other rows.

    Args:
        pool: Pooled candidates, best first; at least one.
        baseline: Score of the best constant prediction, NaN if it has none.
        sign: 1 if greater scores are better, else -1.
    """
    best = pool[0]
    kept, excluded = [best], []
    families = {best.candidate.family}
    for fit in pool[1:]:
        reason = _why_weak(fit, best, baseline, sign, families)
        if reason is None:
            kept.append(fit)
            families.add(fit.candidate.family)
        else:
            excluded.append(Exclusion(candidate=fit.candidate.id, reason=reason))
    return Filtered(tuple(kept), tuple(excluded))


def _why_weak(
    fit: PooledFit, best: PooledFit, baseline: float, sign: float, families: set[str]
) -> str | None:
    if math.isnan(fit.score):
        return "degenerate: it has no score on any fold"
    if sign * fit.score <= sign * baseline:
        return f"weak: no better than the baseline {baseline:.4g}"
    error = math.hypot(fit.standard_error, best.standard_error)
    gap = sign * (best.score - fit.score)
    is_far = 0 < WEAK_STANDARD_ERRORS * error < gap
    if is_far and fit.candidate.family in families:
        return (
            f"weak: {gap / error:.1f} standard errors behind {best.candidate.id}, "
            "and a better one of its family is there"
        )
    return None


def most_of(rows: int) -> int:
    """As many candidates as so many rows can tell apart."""
    return next((most for bound, most in MOST_OF_ROWS if rows <= bound), MOST)


def most_varied(pool: Sequence[PooledFit], most: int) -> Filtered:
    """Keep the best of each family and then the best of the rest.

    Args:
        pool: Candidates, best first.
        most: So many at most.
    """
    leaders: dict[str, PooledFit] = {}
    for fit in pool:
        leaders.setdefault(fit.candidate.family, fit)
    first = dict.fromkeys(fit.candidate.id for fit in leaders.values())
    rest = [fit.candidate.id for fit in pool if fit.candidate.id not in first]
    kept = set([*first, *rest][:most])
    reason = f"no room: {most} are weighed at most, the best of each family first"
    return Filtered(
        tuple(fit for fit in pool if fit.candidate.id in kept),
        tuple(
            Exclusion(candidate=fit.candidate.id, reason=reason, is_for_room=True)
            for fit in pool
            if fit.candidate.id not in kept
        ),
    )
