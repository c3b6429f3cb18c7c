"""How members are combined is told apart by kind."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.ensemble import (
    Combination,
    Consensus,
    Ensemble,
    HardVote,
    LinearStack,
    RankAverage,
    Strategy,
    StrategyChoice,
    WeightedAverage,
    WrittenStack,
)

COMBINATION: TypeAdapter[Combination] = TypeAdapter(Combination)


@settings(max_examples=20)
@given(
    combination=st.from_type(WeightedAverage)
    | st.from_type(HardVote)
    | st.from_type(RankAverage)
    | st.from_type(WrittenStack)
    | st.from_type(LinearStack)
    | st.from_type(Consensus)
)
def test_a_combination_is_read_as_the_kind_that_was_written(
    combination: Combination,
) -> None:
    written = combination.model_dump_json()

    read = COMBINATION.validate_json(written)

    assert type(read) is type(combination)
    assert read.model_dump_json() == written


def test_a_strategy_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="strategy"):
        COMBINATION.validate_python(
            {"kind": "average", "strategy": "stacking", "weights": [1.0]}
        )


@settings(max_examples=10)
@given(ensemble=st.from_type(Ensemble))
def test_an_ensemble_survives_being_written(ensemble: Ensemble) -> None:
    written = ensemble.model_dump_json()

    assert Ensemble.model_validate_json(written).model_dump_json() == written


def test_the_user_can_choose_every_strategy_or_none() -> None:
    assert get_args(StrategyChoice) == ("auto", *get_args(Strategy))


def test_every_strategy_has_a_combination() -> None:
    union, *_ = get_args(Combination)
    carried_out = {
        name
        for kind in get_args(union)
        for name in get_args(kind.model_fields["strategy"].annotation)
    }

    assert carried_out == {*get_args(Strategy), "consensus"}
