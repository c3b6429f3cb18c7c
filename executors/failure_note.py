"""Describes what candidate code raised (in the worker)."""

import traceback
from collections.abc import Iterator
from pathlib import Path

from executors.errors import ContractError, JobRequestError
from executors.header import MESSAGE_LIMIT_CHARS, FailureNote
from executors.text import printable, shortened
from executors.wire import (
    EXIT_CONTRACT,
    EXIT_EXCEPTION,
    EXIT_INTERNAL,
    EXIT_MEMORY,
    TRACE_LIMIT_CHARS,
)

FRAMES_LIMIT = 40
FORMATTED_LIMIT_CHARS = 1_000_000
_OWN_FOLDER = str(Path(__file__).resolve().parent)


def exit_status_for(error: BaseException) -> int:
    """Return the exit status that tells the supervisor what kind of end this was."""
    match error:
        case ContractError():
            return EXIT_CONTRACT
        case JobRequestError():
            return EXIT_INTERNAL
        case MemoryError():
            return EXIT_MEMORY
        # LightGBM and CatBoost wrap the C++ error in their own types.
        case Exception() if "bad_alloc" in message_of(error):
            return EXIT_MEMORY
        case _:
            return EXIT_EXCEPTION


def note_of(error: BaseException, files: frozenset[str]) -> FailureNote:
    """Describe an exception.

    Args:
        error: What was raised.
        files: File names of the program's own code.
    """
    is_ours = isinstance(error, ContractError)
    return FailureNote(
        exception=None if is_ours else type(error).__name__[:200],
        message=message_of(error),
        trace="" if is_ours else shortened(format_trace(error), TRACE_LIMIT_CHARS),
        frames=tuple(_own_frames(error, files))[-FRAMES_LIMIT:],
    )


def message_of(error: BaseException) -> str:
    """Return the exception's message, even if making it fails."""
    try:
        return printable(str(error), MESSAGE_LIMIT_CHARS)
    except BaseException:  # noqa: BLE001 - an exception's own __str__ may raise anything
        return "(the message could not be made)"


def format_trace(error: BaseException) -> str:
    """Return the trace of an exception and its causes without our own frames."""
    described = traceback.TracebackException.from_exception(error)
    _drop_own_frames(described)
    return printable("".join(described.format()), FORMATTED_LIMIT_CHARS)


def _drop_own_frames(described: traceback.TracebackException | None) -> None:
    seen = set()
    while described is not None and id(described) not in seen:
        seen.add(id(described))
        described.stack[:] = [
            frame
            for frame in described.stack
            if not frame.filename.startswith(_OWN_FOLDER)
        ]
        described = described.__cause__ or described.__context__


def _own_frames(
    error: BaseException, files: frozenset[str]
) -> Iterator[tuple[str, int]]:
    last = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        place = (frame.f_code.co_filename, number)
        if place[0] in files and place != last:
            last = place
            yield place
    if isinstance(error, SyntaxError) and error.filename in files:
        yield (error.filename, error.lineno or 1)
