"""Asks are told apart by their kind and carry everything as data."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.asks import (
    Ask,
    Briefing,
    DraftAsk,
    FeatureAsk,
    RefineAsk,
    RepairAsk,
    StackerAsk,
    StrategyAsk,
    TuneAsk,
)
from schemas.base import Frozen

ASK: TypeAdapter[Ask] = TypeAdapter(Ask)


@settings(max_examples=30)
@given(
    ask=st.from_type(FeatureAsk)
    | st.from_type(DraftAsk)
    | st.from_type(RefineAsk)
    | st.from_type(RepairAsk)
    | st.from_type(TuneAsk)
    | st.from_type(StrategyAsk)
    | st.from_type(StackerAsk)
)
def test_an_ask_is_read_as_the_kind_that_was_written(ask: Ask) -> None:
    written = ask.model_dump_json()

    read = ASK.validate_json(written)

    assert type(read) is type(ask)
    assert read.model_dump_json() == written


def test_an_ask_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        ASK.validate_python({"kind": "wish", "round": 0})


@settings(max_examples=15)
@given(briefing=st.from_type(Briefing))
def test_a_briefing_survives_being_written(briefing: Briefing) -> None:
    written = briefing.model_dump_json()

    assert Briefing.model_validate_json(written).model_dump_json() == written


def test_no_ask_has_room_for_rows_of_the_table() -> None:
    kinds: tuple[type[Frozen], ...] = get_args(get_args(Ask)[0])

    fields = {name for kind in kinds for name in kind.model_fields}

    assert fields.isdisjoint({"rows", "showcase", "frame", "X", "y", "output"})
