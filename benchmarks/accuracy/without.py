"""Runs the command line without one of its parts, to see what the part is worth.

From the root: `python -m benchmarks.accuracy.without PART fit TABLE --target COL ...`; the
other words are those of `run.py`. A part is taken out of the engine's process alone, so that
everything else stays as it is, the clock included.
"""

import sys
from collections.abc import Callable, Mapping

from agents.improving import Improver
from agents.leaderboard import Leaderboard
from agents.portfolio_plan import PortfolioPlan
from proposers.expert import portfolio
from proposers.expert.proposer import ExpertProposer
from run import main
from schemas.proposals import FeatureProposal


def without_features() -> None:
    """Propose no new column; every candidate sees the raw ones."""
    ExpertProposer._features = (  # type: ignore[method-assign]
        lambda self, ask, briefing: FeatureProposal(programs=())
    )


def without_networks() -> None:
    """Leave networks out of the portfolio."""
    portfolio.network_entries = lambda briefing, pace: {}


def without_processes() -> None:
    """Leave Gaussian processes out of the portfolio."""
    portfolio.gaussian_entries = lambda briefing, pace: {}


def without_racing() -> None:
    """Fit every candidate on all folds, however bad its first one is."""
    Leaderboard.is_hopeless = (  # type: ignore[method-assign]
        lambda self, score: False
    )
    Leaderboard.is_overshadowed = (  # type: ignore[method-assign]
        lambda self, score, family: False
    )


def without_tuning() -> None:
    """Go through the portfolio and improve nothing."""
    Improver.next = lambda self, board: None  # type: ignore[method-assign]
    PortfolioPlan.follow_up = (  # type: ignore[method-assign]
        lambda self, loop, *, may_go_on: None
    )


def without_ensemble() -> None:
    """Predict with the best candidate alone."""
    sys.argv += ["--ensemble", "best"]


PARTS: Mapping[str, Callable[[], None]] = {
    "features": without_features,
    "networks": without_networks,
    "processes": without_processes,
    "racing": without_racing,
    "tuning": without_tuning,
    "ensemble": without_ensemble,
}

if __name__ == "__main__":
    part = sys.argv.pop(1)
    if part != "nothing" and sys.argv[1] == "fit":
        PARTS[part]()
    main()
