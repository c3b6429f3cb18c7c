"""Puts what is known of a candidate into the asks to improve it."""

from agents.known import Known
from agents.leaderboard import Standing, rounded
from schemas.asks import (
    CrossAsk,
    Parent,
    RefineAsk,
    ScoredCandidate,
    TriedVersion,
    TuneAsk,
)


def refine_ask(
    base: Standing,
    count: int,
    known: Known,
) -> RefineAsk:
    """Ask for a better version of a candidate.

    Args:
        base: The candidate with its numbers.
        count: 1 for its first refinement.
        known: What the Modeler knows.
    """
    train = base.train_score
    return RefineAsk(
        candidate=base.candidate.id,
        source=base.candidate.source,
        family=base.candidate.family,
        title=base.candidate.title,
        view=base.candidate.view,
        score=rounded(base.score),
        standard_error=rounded(base.standard_error),
        fold_spread=rounded(base.spread),
        train_score=None if train is None else rounded(train),
        seconds=rounded(base.seconds),
        best=known.board.best_version(),
        round=count,
        views=tuple(known.views),
        untried_view=known.untried_view(base.candidate),
        leaderboard=known.shown_board,
    )


def tune_ask(
    base: Standing,
    count: int,
    history: tuple[TriedVersion, ...],
    leaderboard: tuple[ScoredCandidate, ...],
) -> TuneAsk:
    """Ask for other hyperparameters of the best candidate of a family.

    Args:
        base: That candidate with its numbers.
        count: 1 for the first time that the family is tuned.
        history: Versions of the family on its view, oldest first.
        leaderboard: What was tried.
    """
    return TuneAsk(
        candidate=base.candidate.id,
        source=base.candidate.source,
        family=base.candidate.family,
        title=base.candidate.title,
        view=base.candidate.view,
        score=rounded(base.score),
        standard_error=rounded(base.standard_error),
        round=count,
        history=history,
        leaderboard=leaderboard,
    )


def cross_ask(count: int, first: Standing, second: Standing, known: Known) -> CrossAsk:
    """Ask for a candidate that takes the best of two.

    Args:
        count: 1 for the first crossing of the run.
        first: The better parent.
        second: The other one.
        known: What the Modeler knows.
    """
    return CrossAsk(
        round=count,
        first=_parent(first),
        second=_parent(second),
        views=tuple(known.views),
        leaderboard=known.shown_board,
        attempts=known.attempts("cross"),
    )


def _parent(standing: Standing) -> Parent:
    return Parent(
        candidate=standing.candidate.id,
        source=standing.candidate.source,
        family=standing.candidate.family,
        title=standing.candidate.title,
        view=standing.candidate.view,
        score=rounded(standing.score),
        standard_error=rounded(standing.standard_error),
    )
