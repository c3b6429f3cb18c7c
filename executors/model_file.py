"""Keeps a fitted model as bytes in a memory file of limited size (in the worker)."""

import os

import cloudpickle

from executors.errors import ExecutorError
from executors.flat import write_all
from executors.wire import MODEL_LIMIT_BYTES


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
            raise ModelTooLargeError(f"model is over {MODEL_LIMIT_BYTES} bytes")
        write_all(self._descriptor, view, self._length)
        self._length += len(view)
        return len(view)


def keep_state(state: bytes, descriptor: int) -> None:
    """Write a model's plain state into a file.

    Raises:
        ModelTooLargeError: It is over the limit.
    """
    _LimitedFile(descriptor).write(state)


def keep_model(model: object, descriptor: int) -> None:
    """Pickle a model into a file, or leave the file empty if that cannot be done.

    A candidate that predicts but cannot be kept is still worth its score.
    """
    try:
        cloudpickle.dump(model, _LimitedFile(descriptor), protocol=5)
    except Exception as error:  # noqa: BLE001 - pickling runs candidate code
        print(f"the model cannot be kept: {type(error).__name__}")  # noqa: T201
        os.ftruncate(descriptor, 0)
