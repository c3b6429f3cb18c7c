"""Which pooled candidates become members."""

import numpy as np
import pytest

from engine.membership import bagged_membership, prune, stacked_membership
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import BaggedFit, PooledFit, StackerFit
from schemas.ensemble import HardVote, LinearStack, WeightedAverage, WrittenStack
from tabular.rank_average import fit_rank_average


def blob(number: int) -> BlobRef:
    return BlobRef(digest=f"{number:064x}", size=1)


def fit(number: int, models: tuple[int, ...] = (0,)) -> PooledFit:
    candidate = Candidate(
        id=f"c{number}-v1",
        loop=f"c{number}",
        version=1,
        family="linear",
        title="linear",
        source=blob(number),
        fingerprint=str(number),
        view=RAW_VIEW,
        origin="expert",
        operator="draft",
    )
    return PooledFit(
        candidate=candidate,
        folds=(0,),
        predictions=(blob(number),),
        models=tuple(blob(100 * number + model) for model in models),
        columns=1,
        score=0.5,
    )


POOL = [fit(number) for number in range(3)]


@pytest.mark.parametrize("kind", [WeightedAverage, HardVote])
def test_members_without_weight_are_left_out(
    kind: type[WeightedAverage] | type[HardVote],
) -> None:
    strategy = "greedy" if kind is WeightedAverage else "hard_voting"
    given = kind.model_validate({"strategy": strategy, "weights": (0.75, 0.0, 0.25)})

    members, combination = prune(POOL, given)

    assert [member.candidate for member in members] == ["c0-v1", "c2-v1"]
    assert isinstance(combination, kind)
    assert combination.weights == (0.75, 0.25)
    assert [member.weight for member in members] == [0.75, 0.25]


def test_ranks_stay_with_the_members_that_they_belong_to() -> None:
    predictions = np.arange(24.0).reshape(3, 8, 1)
    ranked = fit_rank_average(predictions, np.array([0.5, 0.0, 0.5]))

    members, combination = prune(POOL, ranked)

    assert [member.candidate for member in members] == ["c0-v1", "c2-v1"]
    assert combination == ranked.model_copy(
        update={"weights": (0.5, 0.5), "ranks": (ranked.ranks[0], ranked.ranks[2])}
    )


def test_shares_of_a_stack_are_its_coefficients_sizes() -> None:
    stack = LinearStack(coefficients=(3.0, -1.0, 0.0), intercepts=(0.0,))

    members, combination = prune(POOL, stack)

    assert isinstance(combination, LinearStack)
    assert combination.coefficients == (3.0, -1.0)
    assert [member.weight for member in members] == [0.75, 0.25]


def test_a_stack_of_nothing_keeps_one_member() -> None:
    stack = LinearStack(coefficients=(0.0, 0.0, 0.0), intercepts=(1.0,))

    members, _ = prune(POOL, stack)

    assert len(members) == 1
    assert members[0].weight == pytest.approx(0.0)


def test_a_bagged_member_predicts_with_the_models_of_all_its_refits() -> None:
    bags = [
        BaggedFit(fit=fit(n), refits=(fit(n, (1, 2)), fit(n, (3, 4)))) for n in (0, 1)
    ]

    members, combination = bagged_membership(bags)

    assert [m.candidate for m in members] == ["c0-v1", "c1-v1"]
    assert members[1].models == tuple(blob(100 + n) for n in (1, 2, 3, 4))
    assert combination == WeightedAverage(strategy="bagging", weights=(0.5, 0.5))


def test_a_stacker_keeps_its_members_in_the_order_of_its_columns() -> None:
    stacker = StackerFit(
        candidate=POOL[0].candidate,
        members=(POOL[2], POOL[1]),
        predictions=(blob(7),),
        models=(blob(8), blob(9)),
    )

    members, combination = stacked_membership(stacker)

    assert [m.candidate for m in members] == ["c2-v1", "c1-v1"]
    assert isinstance(combination, WrittenStack)
    assert (combination.members, combination.models) == (2, (blob(8), blob(9)))
