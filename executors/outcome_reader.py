"""Makes the outcome of a job from the supervisor's report and the worker's files.

The wait status alone decides what kind of end it was. Everything that the worker wrote
is checked as if an enemy had written it; its text only describes.
"""

import math
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from executors.contract import check_feature_names, check_values
from executors.errors import ContractError, FlatFormatError
from executors.flat import read_header, read_values
from executors.header import MESSAGE_LIMIT_CHARS, FailureNote, Header
from executors.jail.files import SCRATCH_BYTES
from executors.job_files import JobFiles
from executors.outcome import JobFailure, JobSuccess
from executors.program import WorkerProgram
from executors.sources import source_files
from executors.text import printable, shortened
from executors.wire import (
    EXIT_CONTRACT,
    EXIT_EXCEPTION,
    EXIT_INTERNAL,
    EXIT_MEMORY,
    EXIT_SUCCESS,
    MODEL_LIMIT_BYTES,
    OUTPUT_KEPT_BYTES,
    OUTPUT_LIMIT_BYTES,
    TRACE_LIMIT_CHARS,
    JobReport,
)
from schemas.jobs import FailureKind, JobLimits, JobUsage

MEBIBYTE = 1024**2
LINES_LIMIT = 40
LINE_LIMIT_CHARS = 200
# The kernel keeps the limit by ticks, each charged whole to whoever runs at its end: on a
# busy machine it is reached long before the processor time that was really taken.
SPENT_SHARE = 0.6

_OWN_LINE = re.compile(
    rf'  File "(?:{re.escape(str(Path(__file__).parent))}/|<frozen runpy>)'
    r"|Extension modules: "
)
_DUMPED_FRAME = re.compile(r'File "((?:candidate|features_\d+)\.py)", line (\d+) in ')


@dataclass(frozen=True, slots=True)
class EndedJob:
    """A job whose process is gone."""

    program: WorkerProgram
    limits: JobLimits
    report: JobReport
    printed: bytes

    @property
    def usage(self) -> JobUsage:
        """What the process took."""
        return JobUsage(
            seconds=self.report.seconds,
            cpu_seconds=self.report.cpu_seconds,
            peak_bytes=self.report.peak_bytes,
        )

    @property
    def output(self) -> str:
        """What it printed, without control characters."""
        return printable(self.printed.decode(errors="replace"), OUTPUT_KEPT_BYTES)


@dataclass(frozen=True, slots=True)
class Ending:
    """What kind of failure it was, in our words."""

    kind: FailureKind
    message: str


def read_outcome(job: EndedJob, files: JobFiles) -> JobSuccess | JobFailure:
    """Return what came of a job; reads and checks its files."""
    header = Header()
    try:
        files.seal()
        header = Header.model_validate_json(read_header(files.result))
        ending = ending_of(job)
        if ending is None:
            return success_of(job, header, files)
    except (FlatFormatError, ContractError, ValidationError) as error:
        ending = ending_of(job) or Ending("contract", rejection_of(error))
    return failure_of(job, header, ending)


def ending_of(job: EndedJob) -> Ending | None:
    """Return how a job failed by its wait status, None if it claims success."""
    match job.report.why:
        case "exited":
            return _exit_ending(job)
        case "timeout":
            return Ending("timeout", f"took over {job.limits.wall_seconds:g} seconds")
        case "memory":
            return Ending("memory", _memory_message(job))
        case "output":
            limit = OUTPUT_LIMIT_BYTES // MEBIBYTE
            return Ending("contract", f"printed over {limit} MiB")
        case "files":
            limit = SCRATCH_BYTES // MEBIBYTE
            return Ending("contract", f"wrote over {limit} MiB of files")
        case "cancelled":
            return Ending("internal", "the job was cancelled")
        case "failed":
            return Ending("internal", job.report.trace.strip().rpartition("\n")[2])


def _exit_ending(job: EndedJob) -> Ending | None:
    status = os.waitstatus_to_exitcode(job.report.status)
    if status < 0:
        return _signal_ending(job, -status)
    match status:
        case _ if status == EXIT_SUCCESS:
            return None
        case _ if status == EXIT_EXCEPTION:
            return Ending("exception", "")
        case _ if status == EXIT_CONTRACT:
            return Ending("contract", "")
        case _ if status == EXIT_MEMORY:
            return Ending("memory", _memory_message(job))
        case _ if status == EXIT_INTERNAL:
            return Ending("internal", "the worker itself failed")
        case _:
            return Ending("crash", f"the process ended with status {status}")


def _signal_ending(job: EndedJob, number: int) -> Ending:
    limit = max(1, math.ceil(job.limits.cpu_seconds))
    is_spent = job.report.cpu_seconds >= SPENT_SHARE * limit
    if number == signal.SIGXCPU or (number == signal.SIGKILL and is_spent):
        return Ending("cpu_limit", f"took over {limit} seconds of processor time")
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return Ending("crash", f"the process was killed by {name}")


def _memory_message(job: EndedJob) -> str:
    return f"took over {job.limits.memory_bytes // MEBIBYTE} MiB of memory"


def success_of(job: EndedJob, header: Header, files: JobFiles) -> JobSuccess:
    """Return the checked result.

    Raises:
        FlatFormatError: The file is not what the format demands.
        ContractError: The values are not what the contract demands.
    """
    program = job.program
    if not header.is_complete:
        raise ContractError("the process ended without a result")
    room = files.result_bytes
    if header.columns < 1 or room < os.fstat(files.result).st_size:
        raise FlatFormatError(f"result claims {header.columns} columns")
    if program.mode == "features":
        check_feature_names(header.names, header.columns)
    values = read_values(files.result, (program.rows, header.columns)).astype(float)
    check_values(program, values)
    return JobSuccess(
        values=values,
        names=header.names if program.mode == "features" else (),
        model=read_model(files.model) if program.keeps_model else None,
        usage=job.usage,
        output=job.output,
        unkept=printable(header.unkept, MESSAGE_LIMIT_CHARS),
    )


def read_model(descriptor: int) -> bytes | None:
    """Return the model's bytes, never interpreted here; None if there are none."""
    size = os.fstat(descriptor).st_size
    if not 0 < size <= MODEL_LIMIT_BYTES:
        return None
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read(size)


def rejection_of(error: Exception) -> str:
    """Return why a result was not taken."""
    if isinstance(error, ValidationError):
        return "the result has no valid header"
    return str(error)


def failure_of(job: EndedJob, header: Header, ending: Ending) -> JobFailure:
    """Return the failure, described by what the worker noted if it could."""
    note = header.failure or FailureNote(exception=None, message="")
    is_noted = ending.kind in ("exception", "contract", "internal", "memory")
    if not is_noted or job.report.why != "exited":
        note = FailureNote(exception=None, message="")
    message = note.message or ending.message
    trace = note.trace or without_own_frames(job.report.trace)
    frames = note.frames or dumped_frames(job.report.trace)
    return JobFailure(
        kind=ending.kind,
        stage=header.stage,
        exception=printable(note.exception, LINE_LIMIT_CHARS)
        if note.exception
        else None,
        message=printable(message, MESSAGE_LIMIT_CHARS),
        lines=source_lines(job.program, frames),
        trace=shortened(printable(trace, len(trace)), TRACE_LIMIT_CHARS),
        usage=job.usage,
        output=job.output,
    )


def dumped_frames(trace: str) -> tuple[tuple[str, int], ...]:
    """Return the program's frames in a faulthandler dump, outermost first.

    Of several threads or dumps the last that ran such code counts: the main thread is
    dumped last.
    """
    for block in reversed(trace.split("\n\n")):
        found = [(name, int(number)) for name, number in _DUMPED_FRAME.findall(block)]
        if found:
            return tuple(reversed(found))
    return ()


def without_own_frames(dump: str) -> str:
    """Return a faulthandler dump without our own frames and its list of modules."""
    lines = dump.splitlines(keepends=True)
    return "".join(line for line in lines if not _OWN_LINE.match(line))


def source_lines(
    program: WorkerProgram, frames: tuple[tuple[str, int], ...]
) -> tuple[str, ...]:
    """Return the lines that frames name, taken from our own copy of the sources."""
    sources = {name: text.splitlines() for name, text in source_files(program).items()}
    lines = []
    for name, number in frames[-LINES_LIMIT:]:
        source = sources.get(name, [])
        if 1 <= number <= len(source):
            lines.append(f"{number}: {source[number - 1].strip()[:LINE_LIMIT_CHARS]}")
    return tuple(lines)
