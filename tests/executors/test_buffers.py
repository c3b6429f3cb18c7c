"""Sealed buffers cannot be changed and are read back as they were."""

import mmap
import os
import threading

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from executors.buffers import SealedBuffer, new_memory_file, seal
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


def test_a_page_that_is_held_for_a_moment_is_waited_for() -> None:
    descriptor = new_memory_file("held")
    os.write(descriptor, bytes(mmap.PAGESIZE))
    reader, writer = os.pipe()
    os.splice(descriptor, writer, mmap.PAGESIZE, offset_src=0)
    release = threading.Timer(0.4, os.read, (reader, mmap.PAGESIZE))
    release.start()

    seal(descriptor)

    assert release.finished.is_set()
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"x", 0)
    for each in (descriptor, reader, writer):
        os.close(each)


def test_what_somebody_may_still_write_to_cannot_be_sealed() -> None:
    descriptor = new_memory_file("mapped")
    os.write(descriptor, b"content")

    with mmap.mmap(descriptor, 7), pytest.raises(OSError, match="busy"):
        seal(descriptor)

    os.close(descriptor)


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
