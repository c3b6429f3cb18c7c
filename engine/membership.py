"""Makes members of pooled candidates, and leaves out those that do not count."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.commands import BaggedFit, PooledFit, StackerFit
from schemas.ensemble import (
    Combination,
    FittedStrategy,
    HardVote,
    LinearStack,
    Member,
    RankAverage,
    WeightedAverage,
    WrittenStack,
)

WEIGHT_DIGITS = 6

Membership = tuple[tuple[Member, ...], Combination]


def prune(pool: Sequence[PooledFit], combination: FittedStrategy) -> Membership:
    """Leave out candidates that do not count, and give the others their shares."""
    numbers = np.array(_numbers(combination))
    kept = np.flatnonzero(numbers) if numbers.any() else np.array([0])
    sizes = np.abs(numbers[kept])
    shares = sizes / (sizes.sum() or 1.0)
    members = make_members([pool[index] for index in kept], shares)
    return members, _narrowed(combination, kept.tolist())


def _numbers(combination: FittedStrategy) -> tuple[float, ...]:
    """What each member counts."""
    match combination:
        case LinearStack(coefficients=coefficients):
            return coefficients
        case WeightedAverage() | HardVote() | RankAverage():
            return combination.weights


def _narrowed(combination: FittedStrategy, kept: list[int]) -> FittedStrategy:
    """The same combination for the kept members only."""
    numbers = tuple(_numbers(combination)[index] for index in kept)
    match combination:
        case LinearStack():
            return combination.model_copy(update={"coefficients": numbers})
        case RankAverage():
            ranks = tuple(combination.ranks[index] for index in kept)
            return combination.model_copy(update={"weights": numbers, "ranks": ranks})
        case WeightedAverage() | HardVote():
            return combination.model_copy(update={"weights": numbers})


def bagged_membership(bagged: Sequence[BaggedFit]) -> Membership:
    """Every bagged candidate with the models of all its refits, at equal weights."""
    fits = [
        bag.fit.model_copy(
            update={
                "models": tuple(ref for refit in bag.refits for ref in refit.models)
            }
        )
        for bag in bagged
    ]
    shares = np.full(len(fits), 1 / len(fits))
    combination = WeightedAverage(strategy="bagging", weights=tuple(shares.tolist()))
    return make_members(fits, shares), combination


def stacked_membership(stacker: StackerFit) -> Membership:
    """The members whose predictions a written stacker takes, in its order."""
    count = len(stacker.members)
    combination = WrittenStack(
        candidate=stacker.candidate.id,
        source=stacker.candidate.source,
        models=stacker.models,
        members=count,
    )
    return make_members(stacker.members, np.full(count, 1 / count)), combination


def make_members(
    fits: Sequence[PooledFit], shares: NDArray[np.float64]
) -> tuple[Member, ...]:
    """Members with their shares, all that it takes to predict again."""
    return tuple(
        Member(
            candidate=fit.candidate.id,
            family=fit.candidate.family,
            title=fit.candidate.title,
            source=fit.candidate.source,
            view=fit.candidate.view,
            models=fit.models,
            weight=round(float(share), WEIGHT_DIGITS),
        )
        for fit, share in zip(fits, shares, strict=True)
    )
