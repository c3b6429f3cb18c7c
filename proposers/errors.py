"""Why a proposer could not answer.

ProposerError
    RetryableProposerError    the same ask may succeed later
    ProposerInputError        the user gave the proposer something unusable
    BudgetExhausted           what the user allows for models is used up
    BudgetRefused             a limit in money for a model whose price nobody knows
"""

from proposers.spending import NOTHING_SPENT, Spent


class ProposerError(Exception):
    """Raised when an ask has no usable answer.

    Attributes:
        spent: What asking took all the same.
    """

    def __init__(self, message: str, *, spent: Spent = NOTHING_SPENT) -> None:
        super().__init__(message)
        self.spent = spent


class RetryableProposerError(ProposerError):
    """Raised when the same ask may succeed later, as after a dropped connection."""


class ProposerInputError(ProposerError):
    """Raised when what the user gave the proposer cannot be used, as a bad script file."""


class BudgetExhausted(ProposerError):
    """Raised when a call could cost more than is left; nothing was sent."""


class BudgetRefused(ProposerError):
    """Raised before the first call when a budget in money cannot be kept."""
