"""Why a proposer could not answer.

ProposerError
    RetryableProposerError    the same ask may succeed later
    ProposerInputError        the user gave the proposer something unusable
"""


class ProposerError(Exception):
    """Raised when an ask has no usable answer.

    Attributes:
        tokens: Tokens that were sent and received all the same.
    """

    def __init__(self, message: str, *, tokens: int = 0) -> None:
        super().__init__(message)
        self.tokens = tokens


class RetryableProposerError(ProposerError):
    """Raised when the same ask may succeed later, as after a dropped connection."""


class ProposerInputError(ProposerError):
    """Raised when what the user gave the proposer cannot be used, as a bad script file."""
