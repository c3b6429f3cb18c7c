"""Plain state as one block of bytes that can be checked without trusting who wrote it.

A magic word, the length of a JSON header as little-endian u64, the header, then the raw
contents of arrays and texts one after the other.
"""

import json
import re
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.state.plain import Json, NotPlainError, PlainState

MAGIC = b"SAGESTA1"
LENGTH_BYTES = 8
HEADER_LIMIT_BYTES = 256 * 1024**2
MOST_DIMENSIONS = 8
_PLAIN_TYPE = re.compile(r"[<|](b1|[iu][1248]|f[248]|c(8|16)|[SUV]\d{1,6})")


def pack(state: PlainState) -> bytes:
    """Write state as one block."""
    arrays = [_header_of(array) for array in state.arrays]
    contents = [
        array.tobytes(header["order"])
        for array, header in zip(state.arrays, arrays, strict=True)
    ]
    texts = [len(text) for text in state.texts]
    told = {"tree": state.tree, "arrays": arrays, "texts": texts}
    header = json.dumps(told, allow_nan=False).encode()
    length = len(header).to_bytes(LENGTH_BYTES, "little")
    return b"".join([MAGIC, length, header, *contents, *state.texts])


def unpack(block: bytes) -> PlainState:
    """Read a block that anybody may have written; nothing in it is executed.

    Raises:
        NotPlainError: It is not what `pack` writes.
    """
    start = len(MAGIC) + LENGTH_BYTES
    if not block.startswith(MAGIC) or len(block) < start:
        raise NotPlainError("a state begins with another word")
    length = int.from_bytes(block[len(MAGIC) : start], "little")
    if length > min(HEADER_LIMIT_BYTES, len(block) - start):
        raise NotPlainError("a state's header is longer than the state")
    try:
        told = json.loads(block[start : start + length])
        return _contents(told, memoryview(block)[start + length :])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotPlainError(f"a state's header cannot be read: {error}") from error


def _header_of(array: NDArray[np.generic]) -> dict[str, Any]:
    is_by_columns = array.flags.f_contiguous and not array.flags.c_contiguous
    return {
        "dtype": _described(array.dtype.newbyteorder("<")),
        "shape": list(array.shape),
        "order": "F" if is_by_columns else "C",
    }


def _described(dtype: np.dtype[Any]) -> Json:
    if dtype.names is None:
        return dtype.str
    fields: Any = dtype.fields
    return {
        "names": list(dtype.names),
        "formats": [fields[name][0].str for name in dtype.names],
        "offsets": [fields[name][1] for name in dtype.names],
        "itemsize": dtype.itemsize,
    }


def _checked_type(told: Json) -> np.dtype[Any]:
    if isinstance(told, str):
        if not _PLAIN_TYPE.fullmatch(told):
            raise NotPlainError(f"arrays of {told!r} are not plain")
        return np.dtype(told)
    formats = [_checked_type(str(part)) for part in told["formats"]]
    described: Any = {**told, "formats": formats}
    found: np.dtype[Any] = np.dtype(described)
    return found


def _contents(told: Json, rest: memoryview) -> PlainState:
    state = PlainState(told["tree"])
    at = 0
    for header in told["arrays"]:
        dtype, shape = _checked_type(header["dtype"]), _checked_shape(header["shape"])
        end = at + prod(shape) * dtype.itemsize
        if end > len(rest) or header["order"] not in {"C", "F"}:
            raise NotPlainError("an array is longer than the state")
        flat = np.frombuffer(rest[at:end], dtype=dtype).copy()
        state.arrays.append(flat.reshape(shape, order=header["order"]))
        at = end
    for length in told["texts"]:
        if not isinstance(length, int) or not 0 <= length <= len(rest) - at:
            raise NotPlainError("a text is longer than the state")
        state.texts.append(bytes(rest[at : at + length]))
        at += length
    if at != len(rest):
        raise NotPlainError("there is more in a state than it says")
    return state


def _checked_shape(told: Json) -> tuple[int, ...]:
    shape = tuple(told)
    is_size = all(isinstance(size, int) and size >= 0 for size in shape)
    if len(shape) > MOST_DIMENSIONS or not is_size:
        raise NotPlainError(f"an array has the shape {shape}")
    return shape
