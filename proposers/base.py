"""What a proposer is: something that answers asks, from sources that it can read and keep."""

from dataclasses import dataclass
from typing import Protocol

from proposers.bill import Bill
from proposers.spending import NOTHING_SPENT, Spent
from schemas.asks import Ask, Briefing
from schemas.base import BlobRef
from schemas.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Answer:
    """A proposal and what it took to get it.

    Attributes:
        proposal: What the proposer offers.
        spent: What asking a model for it took.
    """

    proposal: Proposal
    spent: Spent = NOTHING_SPENT


class SourceStore(Protocol):
    """Where Python sources are kept by their hash."""

    def read_text(self, ref: BlobRef) -> str:
        """Return the text that a reference names."""
        ...

    def keep_text(self, text: str) -> BlobRef:
        """Keep a text and return the reference that names it."""
        ...


class Proposer(Protocol):
    """Answers asks; it keeps no memory between them that would change an answer."""

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        """Answer one ask.

        Args:
            ask: What is wanted.
            briefing: What stays the same for the whole run.
            bill: Told of each call to a model, also of those that are cut off.

        Returns:
            The proposal with its cost; `NoProposal` where there is nothing to offer.

        Raises:
            ProposerError: If no usable answer could be had.
        """
        ...
