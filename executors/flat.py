"""The flat file format in which arrays travel between host and workers.

A header block of 64 KiB (magic, length as little-endian u32, JSON), then raw values
from a fixed offset. Nothing in it can execute, expand or point elsewhere.
"""

import mmap
import os
from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

from executors.errors import FlatFormatError

MAGIC = b"SAGEFLT1"
HEADER_BLOCK_BYTES = 64 * 1024
_PREFIX_BYTES = len(MAGIC) + 4
HEADER_LIMIT_BYTES = HEADER_BLOCK_BYTES - _PREFIX_BYTES
VALUE_BYTES = 8


def write_header(descriptor: int, header: bytes) -> None:
    """Write a JSON header.

    Raises:
        FlatFormatError: It is longer than the header block.
    """
    if len(header) > HEADER_LIMIT_BYTES:
        raise FlatFormatError(f"header of {len(header)} bytes does not fit")
    block = MAGIC + len(header).to_bytes(4, "little") + header
    write_all(descriptor, block, 0)


def read_header(descriptor: int) -> bytes:
    """Return the JSON header as bytes, unparsed.

    Raises:
        FlatFormatError: The magic is wrong or the length is beyond the block.
    """
    block = os.pread(descriptor, HEADER_BLOCK_BYTES, 0)
    if not block.startswith(MAGIC) or len(block) < _PREFIX_BYTES:
        raise FlatFormatError("result does not start with our magic")
    length = int.from_bytes(block[len(MAGIC) : _PREFIX_BYTES], "little")
    header = block[_PREFIX_BYTES : _PREFIX_BYTES + length]
    if length > HEADER_LIMIT_BYTES or len(header) < length:
        raise FlatFormatError(f"header claims {length} bytes")
    return header


def write_values(descriptor: int, values: NDArray[np.generic]) -> None:
    """Write an array of 8-byte numbers, row-major, behind the header block."""
    content = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    write_all(descriptor, content.data, HEADER_BLOCK_BYTES)


def read_values(
    descriptor: int, shape: tuple[int, ...], dtype: DTypeLike = "<f8"
) -> NDArray[np.generic]:
    """Return a writable copy of the values.

    Raises:
        FlatFormatError: The file is too short for that shape.
    """
    length = prod(shape) * VALUE_BYTES
    if length == 0:
        return np.empty(shape, dtype)
    if os.fstat(descriptor).st_size < HEADER_BLOCK_BYTES + length:
        raise FlatFormatError(f"file is too short for values of shape {shape}")
    with mmap.mmap(
        descriptor, HEADER_BLOCK_BYTES + length, mmap.MAP_PRIVATE, mmap.PROT_READ
    ) as mapped:
        values = np.frombuffer(
            mapped, dtype, count=prod(shape), offset=HEADER_BLOCK_BYTES
        )
        copied = values.reshape(shape).copy()
        del values  # a map cannot be closed while an array still looks into it
    return copied


def write_all(descriptor: int, content: bytes | memoryview, offset: int) -> None:
    """Write all of the content at an offset, however many calls it takes."""
    view = memoryview(content)
    while view.nbytes:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
