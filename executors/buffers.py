"""Sealed memory files: how tables, arrays and models reach a worker, read only."""

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from executors.flat import write_all, write_header, write_values

ALL_SEALS = (
    fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
)
SEAL_ATTEMPTS = 20
"""At each the kernel waits 0.15 s for pages that something else holds for a moment."""


class Handed(Protocol):
    """Something that is handed to a worker as a descriptor."""

    size: int

    def fileno(self) -> int:
        """Return the descriptor; it stays its owner's."""


class SealedBuffer:
    """Owns a memory file that nobody, not even the host, can change any more.

    Attributes:
        size: Length in bytes.
    """

    __slots__ = ("_descriptor", "size")

    def __init__(self, descriptor: int) -> None:
        """Seal a memory file and take ownership of its descriptor."""
        self._descriptor = descriptor
        seal(descriptor)
        self.size = os.fstat(descriptor).st_size

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Store a table as an Arrow IPC file; its index is dropped."""
        table = pa.Table.from_pandas(frame, preserve_index=False)
        with filled_memory_file("frame") as descriptor:
            with (
                os.fdopen(os.dup(descriptor), "wb") as file,
                pa.ipc.new_file(file, table.schema) as writer,
            ):
                writer.write_table(table)
            return cls(descriptor)

    @classmethod
    def from_array(cls, array: NDArray[np.float64] | NDArray[np.int64]) -> Self:
        """Store an array in the flat format.

        Args:
            array: One or two dimensions, float64 or int64.

        Raises:
            TypeError: The array has another dtype or number of dimensions.
        """
        if array.dtype not in (np.float64, np.int64) or array.ndim not in (1, 2):
            raise TypeError(f"cannot store {array.ndim}-d array of {array.dtype!r}")
        header = {"dtype": array.dtype.str, "shape": array.shape}
        with filled_memory_file("array") as descriptor:
            write_header(descriptor, json.dumps(header).encode())
            write_values(descriptor, array)
            return cls(descriptor)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Store bytes as they are."""
        with filled_memory_file("bytes") as descriptor:
            write_all(descriptor, content, 0)
            return cls(descriptor)

    def fileno(self) -> int:
        """Return the descriptor; it stays owned by this buffer.

        Raises:
            ValueError: The buffer was closed.
        """
        if self._descriptor < 0:
            raise ValueError("buffer is closed")
        return self._descriptor

    def close(self) -> None:
        """Give the memory back once no worker uses it any more."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def seal(descriptor: int) -> None:
    """Forbid every change of a memory file, for good.

    Raises:
        OSError: Somebody maps it for writing (EBUSY) or has sealed it (EPERM).
    """
    for _ in range(SEAL_ATTEMPTS - 1):
        try:
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, ALL_SEALS)
        except OSError as error:
            # The kernel moves pages, too, and holds them meanwhile.
            if error.errno != errno.EBUSY:
                raise
        else:
            return
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, ALL_SEALS)


def new_memory_file(name: str) -> int:
    """Return the descriptor of a new, empty memory file that can be sealed."""
    return os.memfd_create(f"sage-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)


@contextmanager
def filled_memory_file(name: str) -> Iterator[int]:
    """A new memory file to fill; it is closed again if that fails."""
    descriptor = new_memory_file(name)
    with ExitStack() as on_failure:
        on_failure.callback(os.close, descriptor)
        yield descriptor
        on_failure.pop_all()
