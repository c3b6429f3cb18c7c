"""Two proposers for one lane: what the first cannot answer, the second takes over."""

from proposers.base import Answer, Proposer
from proposers.bill import Bill
from proposers.errors import ProposerError
from schemas.asks import Ask, Briefing

TAKEN_OVER = frozenset({"refine", "tune", "repair", "strategy", "clusters", "stacker"})
"""Kinds of asks whose answer depends on what the ask carries.

The second's drafts and feature programs are tried in a lane of their own anyway.
"""


class FallbackProposer:
    """Asks the second proposer where the first one fails.

    Args:
        first: Who is asked.
        second: Who takes over.
    """

    def __init__(self, first: Proposer, second: Proposer) -> None:
        self._first = first
        self._second = second

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        """Answer one ask.

        Raises:
            ProposerError: The first failed, and the second does not take over such asks.
        """
        try:
            return await self._first.propose(ask, briefing, bill)
        except ProposerError as error:
            if ask.kind not in TAKEN_OVER:
                raise
            answer = await self._second.propose(ask, briefing, bill)
            return Answer(answer.proposal, answer.spent + error.spent)
