"""Puts what was pooled into the asks about the whole run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import get_args

from agents.leaderboard import SHOWN_CANDIDATES, rounded
from schemas.asks import CellCount, ClustersAsk, ScoredCandidate, StrategyAsk
from schemas.commands import PooledFit
from schemas.ensemble import Strategy

FEWEST_CLUSTERS = 2
MOST_CLUSTERS = 20


def strategy_ask(
    pool: Sequence[PooledFit], leaderboard: tuple[ScoredCandidate, ...]
) -> StrategyAsk:
    """Ask how to combine candidates.

    Args:
        pool: The candidates, best first.
        leaderboard: What may be shown of their scores.
    """
    cells = Counter((fit.candidate.family, fit.candidate.view.name) for fit in pool)
    return StrategyAsk(
        choices=get_args(Strategy),
        pooled=len(pool),
        tried=tuple(
            CellCount(family=family, view=view, count=count)
            for (family, view), count in cells.most_common()
        ),
        leaderboard=leaderboard,
    )


def clusters_ask(leaderboard: tuple[ScoredCandidate, ...]) -> ClustersAsk:
    """Ask how many clusters there are."""
    return ClustersAsk(
        fewest=FEWEST_CLUSTERS, most=MOST_CLUSTERS, leaderboard=leaderboard
    )


def shown_pool(
    pool: Sequence[PooledFit], fold_seconds: Mapping[str, float]
) -> tuple[ScoredCandidate, ...]:
    """The best few, rounded, as a proposer may see them.

    Args:
        pool: The candidates, best first.
        fold_seconds: What a fold of each took, by candidate.
    """
    return tuple(
        ScoredCandidate(
            id=fit.candidate.id,
            family=fit.candidate.family,
            title=fit.candidate.title,
            view=fit.candidate.view.name,
            score=rounded(fit.score),
            standard_error=rounded(fit.standard_error),
            seconds=rounded(fold_seconds.get(fit.candidate.id, 0.0)),
        )
        for fit in pool[:SHOWN_CANDIDATES]
    )
