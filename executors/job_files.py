"""The memory files of one job: made, sealed and owned by the host."""

import errno
import fcntl
import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from executors.buffers import filled_memory_file, new_memory_file, seal
from executors.contract import (
    FEATURE_COLUMNS_LIMIT,
    JUDGE_COLUMNS,
    SURVEY_COLUMNS,
)
from executors.errors import FlatFormatError
from executors.flat import HEADER_BLOCK_BYTES, VALUE_BYTES, write_all
from executors.program import WorkerProgram
from executors.wire import MODEL_LIMIT_BYTES

SMALLEST_FILE_LIMIT_BYTES = 64 * 1024**2


@dataclass(slots=True)
class JobFiles:
    """Descriptors of the program, the result and the model of one job."""

    program: int
    result: int
    model: int
    result_bytes: int

    @classmethod
    def for_program(cls, program: WorkerProgram) -> Self:
        """Make the files of a job; the result can neither grow nor shrink."""
        files = cls(-1, -1, -1, result_size(program))
        with ExitStack() as on_failure:
            on_failure.callback(files.close)
            files.program = new_memory_file("program")
            write_all(files.program, program.model_dump_json().encode(), 0)
            seal(files.program)
            files.result = new_result_file(files.result_bytes)
            files.model = new_memory_file("model")
            on_failure.pop_all()
        return files

    @property
    def file_limit_bytes(self) -> int:
        """Largest file that the job may write."""
        return max(self.result_bytes, MODEL_LIMIT_BYTES, SMALLEST_FILE_LIMIT_BYTES)

    def seal(self) -> None:
        """Take the files from whoever may still hold them.

        Raises:
            FlatFormatError: Somebody still maps one for writing, or has sealed it.
        """
        for descriptor in (self.result, self.model):
            seal_for_good(descriptor)

    def close(self) -> None:
        """Close all descriptors."""
        for descriptor in (self.program, self.result, self.model):
            if descriptor >= 0:
                with suppress(OSError):
                    os.close(descriptor)
        self.program = self.result = self.model = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def new_result_file(size: int) -> int:
    """Return the descriptor of a memory file that can neither grow nor shrink."""
    with filled_memory_file("result") as descriptor:
        os.ftruncate(descriptor, size)
        fixed = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fixed)
        return descriptor


def result_size(program: WorkerProgram) -> int:
    """Return the size of the result file: header block and room for all values.

    Room that is not written to takes no memory.
    """
    widest = {
        "features": FEATURE_COLUMNS_LIMIT,
        "judge": JUDGE_COLUMNS,
        "survey": SURVEY_COLUMNS,
    }
    columns = program.columns or widest.get(program.mode, 1)
    return HEADER_BLOCK_BYTES + program.rows * columns * VALUE_BYTES


def seal_for_good(descriptor: int) -> None:
    """Seal a file that a worker held.

    Raises:
        FlatFormatError: Somebody still maps it for writing, or has sealed it.
    """
    try:
        seal(descriptor)
    except OSError as error:
        if error.errno not in (errno.EBUSY, errno.EPERM):
            raise
        raise FlatFormatError("a result file is still held by somebody") from error
