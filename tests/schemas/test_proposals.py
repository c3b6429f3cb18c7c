"""Proposals are told apart by their kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.proposals import (
    CandidateProposal,
    FeatureProposal,
    NoProposal,
    Proposal,
    RepairProposal,
    StrategyProposal,
)

PROPOSAL: TypeAdapter[Proposal] = TypeAdapter(Proposal)


@settings(max_examples=30)
@given(
    proposal=st.from_type(FeatureProposal)
    | st.from_type(CandidateProposal)
    | st.from_type(RepairProposal)
    | st.from_type(StrategyProposal)
    | st.from_type(NoProposal)
)
def test_a_proposal_is_read_as_the_kind_that_was_written(proposal: Proposal) -> None:
    written = proposal.model_dump_json()

    read = PROPOSAL.validate_json(written)

    assert type(read) is type(proposal)
    assert read == proposal


def test_a_proposal_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        PROPOSAL.validate_python({"kind": "shrug", "reason": "none"})
