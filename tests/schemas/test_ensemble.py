"""How members are combined is told apart by kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.ensemble import (
    Combination,
    Consensus,
    Ensemble,
    LinearStack,
    WeightedAverage,
)

COMBINATION: TypeAdapter[Combination] = TypeAdapter(Combination)


@settings(max_examples=20)
@given(
    combination=st.from_type(WeightedAverage)
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
