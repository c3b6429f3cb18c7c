"""Keeps a fitted model as bytes in a memory file of limited size (in the worker)."""

import os

import cloudpickle

from executors.errors import ExecutorError
from executors.failure_note import message_of
from executors.flat import write_all
from executors.text import printable
from executors.wire import MODEL_LIMIT_BYTES

MEBIBYTE = 1024**2
REASON_LIMIT_CHARS = 500


class ModelTooLargeError(ExecutorError):
    """Raised when a pickled model passes the limit."""


class _LimitedFile:
    """The part of a binary file that pickling needs, with a limit on its length."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._length = 0

    def write(self, content: bytes | memoryview) -> int:
        view = memoryview(content).cast("B")
        if self._length + len(view) > MODEL_LIMIT_BYTES:
            limit = MODEL_LIMIT_BYTES // MEBIBYTE
            raise ModelTooLargeError(f"it is over the size limit of {limit} MiB")
        write_all(self._descriptor, view, self._length)
        self._length += len(view)
        return len(view)


def keep_state(state: bytes, descriptor: int) -> None:
    """Write a model's plain state into a file.

    Raises:
        ModelTooLargeError: It is over the limit.
    """
    _LimitedFile(descriptor).write(state)


def keep_model(model: object, descriptor: int) -> str:
    """Pickle a model into a file, or leave the file empty if that cannot be done.

    Returns:
        Why it cannot be done, empty if it was. Whoever asked for the model decides whether
        predictions alone are worth anything.
    """
    try:
        cloudpickle.dump(model, _LimitedFile(descriptor), protocol=5)
    except Exception as error:  # noqa: BLE001 - pickling runs candidate code
        os.ftruncate(descriptor, 0)
        return reason_of(error)
    return ""


def reason_of(error: Exception) -> str:
    """Return why a model cannot be kept, and print it for people."""
    reason = message_of(error)
    if not isinstance(error, ModelTooLargeError):
        reason = f"{type(error).__name__}: {reason}"
    reason = printable(reason, REASON_LIMIT_CHARS)
    print(f"the model cannot be kept: {reason}")  # noqa: T201
    return reason
