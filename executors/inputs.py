"""What the host handed in, by name (in the worker)."""

import mmap
import os
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from executors.errors import JobRequestError
from executors.flat import read_header, read_values
from schemas.base import Frozen

Numbers = NDArray[np.float64] | NDArray[np.int64]


class ArrayHeader(Frozen):
    """Header of an array in the flat format."""

    dtype: str
    shape: tuple[int, ...] = Field(min_length=1, max_length=2)


class Inputs:
    """The inputs of a job; each is read once."""

    def __init__(self, descriptors: Mapping[str, int]) -> None:
        """Take over the descriptors."""
        self._descriptors = dict(descriptors)

    def __len__(self) -> int:
        return len(self._descriptors)

    def __contains__(self, name: str) -> bool:
        return name in self._descriptors

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table with rows numbered from 0.

        Raises:
            JobRequestError: There is no such input.
        """
        descriptor = self.take(name)
        size = os.fstat(descriptor).st_size
        content = mmap.mmap(descriptor, size, mmap.MAP_PRIVATE, mmap.PROT_READ)
        os.close(descriptor)
        table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
        # Threads started here would only wait around while the candidate works.
        frame: pd.DataFrame = table.to_pandas(use_threads=False)
        return frame

    def array(self, name: str) -> Numbers:
        """Return an array.

        Raises:
            JobRequestError: There is no such input.
        """
        descriptor = self.take(name)
        header = ArrayHeader.model_validate_json(read_header(descriptor))
        values = read_values(descriptor, header.shape, header.dtype)
        os.close(descriptor)
        if values.dtype.kind == "i":
            return values.astype(np.int64)
        return values.astype(np.float64)

    def column(self, name: str) -> "pd.Series[float]":
        """Return a one-dimensional array as a column with rows numbered from 0.

        Raises:
            JobRequestError: There is no such input.
        """
        return pd.Series(self.array(name), name=name)

    def content(self, name: str) -> bytes:
        """Return bytes.

        Raises:
            JobRequestError: There is no such input.
        """
        descriptor = self.take(name)
        if not os.fstat(descriptor).st_size:
            os.close(descriptor)
            return b""
        # By mapping: other jobs share the descriptor's position and could move it.
        with (
            os.fdopen(descriptor, "rb"),
            mmap.mmap(descriptor, 0, mmap.MAP_PRIVATE, mmap.PROT_READ) as mapped,
        ):
            return mapped[:]

    def take(self, name: str) -> int:
        """Return the descriptor of an input, which is the caller's from now on.

        Raises:
            JobRequestError: There is no such input.
        """
        try:
            return self._descriptors.pop(name)
        except KeyError:
            raise JobRequestError(f"input {name!r} is missing") from None
