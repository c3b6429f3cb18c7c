"""The flat format round-trips arrays and refuses anything else."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from executors import flat
from executors.buffers import new_memory_file
from executors.errors import FlatFormatError


@pytest.fixture
def file() -> Iterator[int]:
    descriptor = new_memory_file("test")
    yield descriptor
    os.close(descriptor)


@given(
    values=st_numpy.arrays(
        np.float64, st_numpy.array_shapes(min_dims=1, max_dims=2, min_side=0)
    )
)
def test_values_come_back_bit_by_bit(values: NDArray[np.float64]) -> None:
    descriptor = new_memory_file("test")
    try:
        flat.write_header(descriptor, b"{}")
        flat.write_values(descriptor, values)
        os.ftruncate(descriptor, flat.HEADER_BLOCK_BYTES + values.nbytes)
        back = flat.read_values(descriptor, values.shape)
    finally:
        os.close(descriptor)

    assert back.shape == values.shape
    assert back.tobytes() == values.tobytes()
    assert back.flags.writeable


@given(content=st.binary(max_size=64))
def test_arbitrary_bytes_are_no_header(content: bytes) -> None:
    descriptor = new_memory_file("test")
    try:
        flat.write_all(descriptor, content, 0)
        with pytest.raises(FlatFormatError):
            flat.read_header(descriptor)
    finally:
        os.close(descriptor)


def test_a_header_comes_back(file: int) -> None:
    flat.write_header(file, b'{"a": 1}')

    assert flat.read_header(file) == b'{"a": 1}'


def test_a_header_beyond_its_block_is_refused(file: int) -> None:
    with pytest.raises(FlatFormatError, match="does not fit"):
        flat.write_header(file, b"x" * flat.HEADER_BLOCK_BYTES)


def test_a_shape_beyond_the_file_is_refused(file: int) -> None:
    flat.write_values(file, np.zeros((2, 3)))

    with pytest.raises(FlatFormatError, match="too short"):
        flat.read_values(file, (3, 3))


def test_a_transposed_array_is_written_by_rows(file: int) -> None:
    values = np.arange(6.0).reshape(2, 3).T

    flat.write_values(file, values)

    assert np.array_equal(flat.read_values(file, (3, 2)), values)
