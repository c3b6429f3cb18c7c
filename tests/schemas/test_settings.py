"""What the user asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.settings import RunSettings, TableSettings


@settings(max_examples=30)
@given(wanted=st.from_type(RunSettings))
def test_settings_survive_being_written(wanted: RunSettings) -> None:
    written = wanted.model_dump_json()

    assert RunSettings.model_validate_json(written).model_dump_json() == written


def test_a_run_needs_no_key_and_takes_the_isolation_that_there_is() -> None:
    plain = RunSettings(tables=TableSettings(table="churn.csv"))

    assert (plain.proposer, plain.llm_model, plain.isolation) == (
        "expert",
        None,
        "auto",
    )


@pytest.mark.parametrize(
    "change", [{"isolation": "none"}, {"budget": 60}, {"trials": 2.5}]
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RunSettings.model_validate({"tables": {"table": "churn.csv"}} | change)
