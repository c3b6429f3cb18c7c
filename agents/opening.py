"""What a loop is opened for: the ask or the source it begins with, and what it starts from."""

from dataclasses import dataclass

from agents.improving import Improvement
from agents.leaderboard import Standing
from schemas.asks import Ask
from schemas.candidate import Operator
from schemas.proposals import CandidateProposal


@dataclass(frozen=True, slots=True)
class Opening:
    """A loop to be opened.

    Attributes:
        operator: How its first version comes about.
        ask: What the proposer is asked, or None.
        proposal: The version itself, where nobody has to be asked.
        base: The candidate that it starts from, None for a draft.
        improvement: The arm that it serves, if it serves one.
    """

    operator: Operator
    ask: Ask | None = None
    proposal: CandidateProposal | None = None
    base: Standing | None = None
    improvement: Improvement | None = None
