"""Which pooled candidates become members."""

import pytest

from engine.combining import prune
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate
from schemas.commands import PooledFit
from schemas.ensemble import LinearStack, WeightedAverage


def fit(number: int) -> PooledFit:
    blob = BlobRef(digest=f"{number:064x}", size=1)
    candidate = Candidate(
        id=f"c{number}-v1",
        loop=f"c{number}",
        version=1,
        family="linear",
        title="linear",
        source=blob,
        fingerprint=str(number),
        view=RAW_VIEW,
        origin="expert",
        operator="draft",
    )
    return PooledFit(
        candidate=candidate,
        folds=(0,),
        predictions=(blob,),
        models=(blob,),
        columns=1,
        score=0.5,
    )


POOL = [fit(number) for number in range(3)]


def test_members_without_weight_are_left_out() -> None:
    average = WeightedAverage(strategy="greedy", weights=(0.75, 0.0, 0.25))

    members, combination = prune(POOL, average)

    assert [member.candidate for member in members] == ["c0-v1", "c2-v1"]
    assert isinstance(combination, WeightedAverage)
    assert combination.weights == (0.75, 0.25)
    assert [member.weight for member in members] == [0.75, 0.25]


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
