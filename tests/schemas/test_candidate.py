"""Candidates and the views that they are fitted on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.candidate import RAW_VIEW, Candidate


def test_the_raw_view_has_no_programs() -> None:
    assert RAW_VIEW.name == "raw"
    assert RAW_VIEW.programs == ()


@settings(max_examples=15)
@given(candidate=st.from_type(Candidate))
def test_a_candidate_survives_being_written(candidate: Candidate) -> None:
    assert Candidate.model_validate_json(candidate.model_dump_json()) == candidate


@given(candidate=st.from_type(Candidate))
@settings(max_examples=3)
def test_a_candidate_comes_about_in_one_of_the_known_ways(
    candidate: Candidate,
) -> None:
    with pytest.raises(
        ValidationError, match="'draft', 'refine', 'tune', 'cross', 'swap'"
    ):
        Candidate.model_validate(candidate.model_dump() | {"operator": "found"})
