"""Jobs, their limits and the ways in which they fail."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.jobs import Failure, FailureKind, FeatureReport, FitReport, Rung


def test_cheap_rungs_come_first() -> None:
    assert list(Rung) == [Rung.SMOKE, Rung.SCREEN, Rung.FULL]


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_a_failure_has_one_of_the_known_kinds(kind: FailureKind) -> None:
    assert Failure(kind=kind, stage="fit").kind == kind
    with pytest.raises(ValidationError, match="literal_error"):
        Failure.model_validate({"kind": f"{kind}?", "stage": "fit"})


@settings(max_examples=20)
@given(report=st.from_type(FitReport) | st.from_type(FeatureReport))
def test_a_report_survives_being_written(report: FitReport | FeatureReport) -> None:
    written = report.model_dump_json()

    assert type(report).model_validate_json(written).model_dump_json() == written
