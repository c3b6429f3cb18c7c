"""Sealed buffers cannot be changed and are read back as they were."""

import mmap
import os

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from executors.buffers import SealedBuffer
from executors.inputs import Inputs


def inputs_of(buffer: SealedBuffer) -> Inputs:
    return Inputs({"it": os.dup(buffer.fileno())})


def test_nobody_can_write_to_a_sealed_buffer() -> None:
    with SealedBuffer.from_bytes(b"content") as buffer:
        with pytest.raises(PermissionError):
            os.pwrite(buffer.fileno(), b"x", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(buffer.fileno(), 0)
        with pytest.raises(PermissionError):
            mmap.mmap(buffer.fileno(), 7, mmap.MAP_SHARED, mmap.PROT_WRITE)

        assert buffer.size == 7


def test_a_table_comes_back_without_its_index() -> None:
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", None]}, index=[7, 9])

    with SealedBuffer.from_frame(frame) as buffer:
        back = inputs_of(buffer).frame("it")

    assert_frame_equal(back, frame.reset_index(drop=True))


def test_a_table_without_rows_keeps_its_columns() -> None:
    frame = pd.DataFrame({"a": pd.Series(dtype=float)})

    with SealedBuffer.from_frame(frame) as buffer:
        back = inputs_of(buffer).frame("it")

    assert list(back.columns) == ["a"]
    assert len(back) == 0


@pytest.mark.parametrize(
    "array", [np.arange(4), np.arange(6.0).reshape(3, 2), np.empty((0, 2))]
)
def test_an_array_comes_back_with_its_dtype(
    array: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> None:
    with SealedBuffer.from_array(array) as buffer:
        back = inputs_of(buffer).array("it")

    assert back.dtype == array.dtype
    assert np.array_equal(back, array)


def test_other_arrays_are_refused() -> None:
    with pytest.raises(TypeError, match="3-d array"):
        SealedBuffer.from_array(np.zeros((1, 1, 1)))


def test_a_closed_buffer_says_so() -> None:
    buffer = SealedBuffer.from_bytes(b"")
    buffer.close()
    buffer.close()

    with pytest.raises(ValueError, match="closed"):
        buffer.fileno()
