"""What the first proposer fails, the second takes over, and the cost is told."""

from typing import TYPE_CHECKING

import pytest

from proposers.base import Answer
from proposers.bill import Bill
from proposers.errors import ProposerError
from proposers.fallback import TAKEN_OVER, FallbackProposer
from proposers.spending import Spent
from schemas.asks import Ask, Briefing, DraftAsk, StrategyAsk
from schemas.candidate import RAW_VIEW
from schemas.proposals import NoProposal
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing

STRATEGY = StrategyAsk(choices=("greedy",), pooled=5)
DRAFT = DraftAsk(index=0, views=(RAW_VIEW,))


@pytest.fixture
def briefing(briefing_for: "MakeBriefing") -> Briefing:
    return briefing_for(TaskKind.BINARY)


class Named:
    """Says who it is, or fails."""

    def __init__(self, name: str, *, fails: bool = False) -> None:
        self.name, self.fails, self.asked = name, fails, 0

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        self.asked += 1
        if self.fails:
            raise ProposerError("no answer", spent=Spent(calls=2, tokens=30))
        return Answer(NoProposal(reason=self.name), Spent(calls=1))


async def test_an_answer_is_passed_on(briefing: Briefing) -> None:
    first, second = Named("first"), Named("second")

    answer = await FallbackProposer(first, second).propose(STRATEGY, briefing)

    assert answer == Answer(NoProposal(reason="first"), Spent(calls=1))
    assert second.asked == 0


async def test_a_failure_is_taken_over_and_what_it_took_is_told(
    briefing: Briefing,
) -> None:
    proposer = FallbackProposer(Named("first", fails=True), Named("second"))

    answer = await proposer.propose(STRATEGY, briefing)

    assert answer == Answer(NoProposal(reason="second"), Spent(calls=3, tokens=30))


async def test_a_draft_that_fails_stays_failed(briefing: Briefing) -> None:
    second = Named("second")

    with pytest.raises(ProposerError, match="no answer"):
        await FallbackProposer(Named("first", fails=True), second).propose(
            DRAFT, briefing
        )

    assert second.asked == 0
    assert not {"draft", "feature", "cross"} & TAKEN_OVER
