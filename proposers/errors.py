"""Why a proposer could not answer.

ProposerError
    RetryableProposerError    the same ask may succeed later
    ProposerInputError        the user gave the proposer something unusable
"""


class ProposerError(Exception):
    """Raised when an ask has no usable answer."""


class RetryableProposerError(ProposerError):
    """Raised when the same ask may succeed later, as after a dropped connection."""


class ProposerInputError(ProposerError):
    """Raised when what the user gave the proposer cannot be used, as a bad script file."""
