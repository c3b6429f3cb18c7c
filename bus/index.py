"""Where each event of a journal begins; derived from it, and made anew whenever it is gone."""

import sys
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bus.errors import JournalCorrupt
from bus.journal import parse_line
from schemas.envelope import Envelope

MAGIC = b"sage-loop index 1\n"
OFFSET = "Q"
"""Unsigned, 8 bytes, little-endian."""


class JournalIndex:
    """Gives any event of a journal at once; the journal alone is the truth.

    The index lies in a file beside the journal. It is taken as far as it fits, and what it
    lacks is read from the journal; where it cannot be written, it is done without.

    Args:
        journal: The journal.
        path: Where the index is kept.
    """

    def __init__(self, journal: Path, path: Path) -> None:
        self._journal = journal
        self._path = path
        self._starts = self._load()
        try:
            if self._starts:
                self._read(len(self._starts) - 1)
        except JournalCorrupt:
            self._starts = array(OFFSET)
        if self._extend():
            self._save()

    def __len__(self) -> int:
        return len(self._starts)

    def event(self, seq: int) -> Envelope:
        """Read one event.

        Raises:
            IndexError: There is none of that number.
            JournalCorrupt: It cannot be trusted to be that event.
        """
        if not 0 <= seq < len(self._starts):
            raise IndexError(f"there is no event {seq}")
        try:
            return self._read(seq)
        except JournalCorrupt:
            self._make_anew()
            return self._read(seq)

    def _read(self, seq: int) -> Envelope:
        with self._journal.open("rb") as lines:
            lines.seek(min(self._starts[seq], self._journal.stat().st_size))
            event = parse_line(seq, lines.readline())
        if event.seq != seq:
            raise JournalCorrupt(seq, f"it says that it is event {event.seq}")
        return event

    def _make_anew(self) -> None:
        self._starts = array(OFFSET)
        self._extend()
        self._save()

    def ancestry(self, seq: int) -> Iterator[Envelope]:
        """The events that led to an event, nearest first, up to the start of the run."""
        parent = self.event(seq).parent
        while parent is not None and parent < seq:
            event = self.event(parent)
            yield event
            seq, parent = parent, event.parent

    def _load(self) -> "array[int]":
        starts = array(OFFSET)
        try:
            content = self._path.read_bytes()
        except OSError:
            return starts
        if (
            not content.startswith(MAGIC)
            or len(content[len(MAGIC) :]) % starts.itemsize
        ):
            return starts
        starts.frombytes(content[len(MAGIC) :])
        if sys.byteorder == "big":
            starts.byteswap()
        return starts

    def _extend(self) -> bool:
        """Add the events that the index lacks; say whether there were any."""
        known = len(self._starts)
        with self._journal.open("rb") as lines:
            if self._starts:
                lines.seek(self._starts[-1])
                lines.readline()
            start = lines.tell()
            for line in lines:
                if line.endswith(b"\n"):
                    self._starts.append(start)
                start += len(line)
        return len(self._starts) > known

    def _save(self) -> None:
        starts = array(OFFSET, self._starts)
        if sys.byteorder == "big":
            starts.byteswap()
        partial = self._path.with_name(f"{self._path.name}.partial")
        with suppress(OSError):
            partial.write_bytes(MAGIC + starts.tobytes())
            partial.replace(self._path)
