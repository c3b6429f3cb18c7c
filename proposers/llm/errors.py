"""Why the llm proposer could not answer; every error says what it cost.

LlmError
    NoUsableReplyError      the model wrote no code that fits; retryable
    ChatUnavailableError    the server gave no answer; retryable
    ChatRefusedError        the server refuses the key, the model or the request
AccessError                 key or address are missing or unusable

No message of these holds a key.
"""

from proposers.errors import (
    ProposerError,
    ProposerInputError,
    RetryableProposerError,
)


class LlmError(ProposerError):
    """Raised when asking a model came to nothing."""


class NoUsableReplyError(LlmError, RetryableProposerError):
    """Raised when no reply held code that can be tried."""


class ChatUnavailableError(LlmError, RetryableProposerError):
    """Raised when the server gave no answer until patience ran out."""


class ChatRefusedError(LlmError, ProposerInputError):
    """Raised when the server will never take this request as it is."""


class AccessError(ProposerInputError):
    """Raised when the environment does not say how to reach a model, or not safely."""
