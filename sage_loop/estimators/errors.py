"""What can go wrong in a user's process.

SageLoopError
├── InputError           the table or an option cannot be used (also a ValueError)
├── NoModelError         the run found no usable model
├── IsolationError       a layer of the jail is missing and isolation="strict"
└── EngineError          the engine's process failed: its disk, or a bug of ours
"""


class SageLoopError(Exception):
    """Base of all errors; the text is one line with the way out."""


class InputError(SageLoopError, ValueError):
    """Raised when the table or an option cannot be used."""


class NoModelError(SageLoopError):
    """Raised when a run ended without a usable model."""


class IsolationError(SageLoopError):
    """Raised when `isolation="strict"` and this machine lacks a layer of the jail."""


class EngineError(SageLoopError):
    """Raised when the engine failed or ended."""


class SageLoopWarning(UserWarning):
    """Says what is unusual about rows, or that a fit was cut short."""
