"""`events.jsonl`: one line an event, chained by hash, appended and never rewritten."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError
from pydantic_core import from_json

from bus.errors import JournalCorrupt, JournalLocked, JournalTooNew
from bus.upcasting import layout_of, upcast
from schemas.envelope import ENVELOPE, LAYOUT, Envelope

CHAIN_BYTES = 8
OPEN_END = b'""}'
CLOSED_END_BYTES = CHAIN_BYTES * 2 + len(OPEN_END)


def _link(previous: str, line: bytes) -> str:
    """Chain a line, taken with its chain field empty, to the one before it."""
    chained = previous.encode() + line
    return hashlib.blake2b(chained, digest_size=CHAIN_BYTES).hexdigest()


class JournalWriter:
    """The one writer of a run's journal; it holds the lock for as long as it lives.

    Args:
        path: The journal; it is made if it is not there.

    Raises:
        JournalLocked: Another process is writing to it.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise JournalLocked(f"another process writes to {path}") from error
        self.chain = ""

    def append(self, events: Sequence[Envelope]) -> None:
        """Write a batch, an input and all its outputs, in one call."""
        lines = bytearray()
        for event in events:
            line = event.__pydantic_serializer__.to_json(event)
            self.chain = _link(self.chain, line)
            lines += line[: -len(OPEN_END)]
            lines += b'"%b"}\n' % self.chain.encode()
        view = memoryview(lines)
        while view:
            view = view[os.write(self._file, view) :]

    def sync(self) -> None:
        """Wait until everything written has reached the disk."""
        os.fsync(self._file)

    def close(self) -> None:
        """Write out and let go of the lock."""
        self.sync()
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def cut_torn_tail(path: Path) -> Path | None:
    """Set aside what a crash left of the line that was being written.

    Everything after the longest prefix that can be trusted is moved to a file beside the
    journal, if that is one line at most; lines that can be trusted are never touched.

    Returns:
        Where the torn bytes are kept, or None if there are none.

    Raises:
        JournalCorrupt: A line that is not the last is damaged; nothing was changed.
    """
    trusted = _trusted_bytes(path)
    with path.open("rb") as journal:
        journal.seek(trusted)
        torn = journal.read()
    if not torn:
        return None
    aside = path.with_name(f"tail.{len(list(path.parent.glob('tail.*.bin')))}.bin")
    aside.write_bytes(torn)
    os.truncate(path, trusted)
    return aside


def _trusted_bytes(path: Path) -> int:
    """Length of the longest prefix of lines that can be trusted."""
    chain, length = "", 0
    with path.open("rb") as lines:
        for seq, line in enumerate(lines):
            try:
                chain = _read_line(seq, line, chain).chain
            except JournalCorrupt:
                if lines.read(1):
                    raise
                return length
            length += len(line)
    return length


def read_journal(path: Path) -> Iterator[Envelope]:
    """Yield the events of a journal in order, one line in memory at a time.

    Raises:
        JournalCorrupt: A line is torn, altered, missing or out of place.
    """
    chain = ""
    with path.open("rb") as lines:
        for seq, line in enumerate(lines):
            event = _read_line(seq, line, chain)
            chain = event.chain
            yield event


def _read_line(seq: int, line: bytes, chain: str) -> Envelope:
    if not line.endswith(b'"}\n'):
        raise JournalCorrupt(seq, "the line is torn")
    opened = line[: -CLOSED_END_BYTES - 1] + OPEN_END
    try:
        event = parse_line(seq, line)
    except JournalTooNew:
        if _link(chain, opened).encode() != line[-CLOSED_END_BYTES:-3]:
            raise JournalCorrupt(seq, "it does not continue the chain") from None
        raise
    if event.seq != seq:
        raise JournalCorrupt(seq, f"it says that it is event {event.seq}")
    if event.chain != _link(chain, opened):
        raise JournalCorrupt(seq, "it does not continue the chain")
    return event


def parse_line(seq: int, line: bytes) -> Envelope:
    """Read a line of this layout, or of an older one, which is rare and slower.

    Raises:
        JournalCorrupt: It is no event.
        JournalTooNew: It has a later layout than ours.
    """
    try:
        return ENVELOPE.validate_json(line)
    except ValidationError as error:
        wrong = error
    try:
        raw = from_json(line)
        layout = layout_of(raw) or LAYOUT
        if layout < LAYOUT:
            return upcast(raw)
    except (ValueError, ValidationError) as error:
        raise JournalCorrupt(seq, "it is no event") from error
    if layout > LAYOUT:
        raise JournalTooNew(seq, layout)
    raise JournalCorrupt(seq, f"{wrong.error_count()} fields are wrong") from wrong
