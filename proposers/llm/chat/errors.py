"""Why a model gave no answer; every error says what was spent.

LlmError
    NoUsableReplyError      no reply was what was asked for, asked again or not; retryable
    ModelRefusedError       the model, or a filter of its server, will not answer this
    ChatUnavailableError    the server gave no answer; retryable
    ChatRefusedError        the server refuses the key, the model or the request
        ContextTooLongError the conversation does not fit into the model's context
    CassetteMissError       strict replay was asked for what was never recorded
CassetteError               a cassette is missing or damaged
AccessError                 address, key or config are missing or unusable
BudgetExhausted             see `proposers.errors`

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
    """Raised when no reply held an answer that can be used."""


class ModelRefusedError(LlmError):
    """Raised when the model will not answer; the same text would be refused again."""


class ChatUnavailableError(LlmError, RetryableProposerError):
    """Raised when the server gave no answer until patience ran out."""


class ChatRefusedError(LlmError, ProposerInputError):
    """Raised when the server will never take this request as it is."""


class ContextTooLongError(ChatRefusedError):
    """Raised when even the shorter form of a conversation is too long for the model."""


class CassetteMissError(LlmError):
    """Raised when a strict replay is asked for what was never recorded."""


class CassetteError(ProposerInputError):
    """Raised when a cassette cannot be read."""


class AccessError(ProposerInputError):
    """Raised when it is not said how to reach a model, or not safely."""
