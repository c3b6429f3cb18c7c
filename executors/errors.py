"""Errors of this room.

ExecutorError
    ZygoteStartError   the preloaded process did not come up (environment or bug)
    FenceError         a layer of the fence is missing without which no job may run
    JobRequestError    the caller asked for something that cannot be run (bug)
    FlatFormatError    bytes are not in our flat format (the worker's fault)
    ResidentError      a resident predictor cannot answer (the member's fault)
    ContractError      candidate code returned what its contract forbids
"""


class ExecutorError(Exception):
    """Base of all errors of this room."""


class ZygoteStartError(ExecutorError):
    """Raised when the zygote ended before its imports were done."""


class FenceError(ExecutorError):
    """Raised when a layer is missing that the caller will not do without."""


class JobRequestError(ExecutorError):
    """Raised when a job cannot be asked for in this way, e.g. an input is missing."""


class FlatFormatError(ExecutorError):
    """Raised when bytes do not follow the flat format."""


class ContractError(ExecutorError):
    """Raised when candidate code ran but returned what its contract forbids."""


class ResidentError(ExecutorError):
    """Raised when a member of a resident predictor gives no usable answer."""
