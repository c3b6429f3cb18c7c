"""What can go wrong while messages travel.

BusError
├── JournalError         the journal on disk cannot be trusted or written
│   ├── JournalCorrupt
│   ├── JournalTooNew
│   ├── JournalLocked
│   └── BlobMissing
├── Divergence           the code no longer says what the journal remembers
└── DuplicateKey         two effects were issued under one key: a bug in an agent
"""

import errno
from typing import TYPE_CHECKING, Self

from schemas.base import Frozen

if TYPE_CHECKING:
    from schemas.envelope import Envelope

LONGEST_MESSAGE = 2000

DISK_FAILURES = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
)
"""What the system says when it cannot keep what was written."""


class BusError(Exception):
    """Base of everything this room raises."""


class JournalError(BusError):
    """The journal on disk cannot be trusted or written."""


class JournalCorrupt(JournalError):
    """Raised when a line of the journal is damaged, missing or out of place.

    Args:
        seq: Sequence number that was expected there.
        reason: What is wrong with the line.
    """

    def __init__(self, seq: int, reason: str) -> None:
        super().__init__(f"the journal is damaged at event {seq}: {reason}")
        self.seq = seq
        self.reason = reason


class JournalTooNew(JournalError):
    """Raised when a journal was written by a later version of this program.

    Args:
        seq: Sequence number of the event.
        layout: Version of its layout.
    """

    def __init__(self, seq: int, layout: int) -> None:
        super().__init__(
            f"event {seq} was written by a later version of sage-loop (layout {layout}); "
            "update the program to read it"
        )


class JournalLocked(JournalError):
    """Raised when another process is writing to the same run."""


class BlobMissing(JournalError):
    """Raised when content that the journal names is not there or was changed."""


class Cause(Frozen):
    """An event that led to another one.

    Attributes:
        seq: Its place in the journal.
        kind: What it is.
        src: Who said it.
        loop: The loop that it belongs to, or None.
    """

    seq: int
    kind: str
    src: str
    loop: str | None

    @classmethod
    def of(cls, event: "Envelope") -> Self:
        """An event as the cause of another one."""
        return cls(seq=event.seq, kind=event.body.kind, src=event.src, loop=event.loop)


class Divergence(BusError):
    """Raised when replay derives something else than the journal remembers.

    Attributes:
        causes: All events that led there, nearest first, once the journal was searched.
        changed_files: Files of the deciding rooms that are not what they were when the event
            was written; None if that was not looked up.

    Args:
        seq: Where they part.
        expected: What the journal holds there, or None if it holds nothing.
        actual: What the code says now, or None if it says nothing.
        parents: Sequence numbers from the event up to the first input, nearest first.
    """

    def __init__(
        self,
        seq: int,
        expected: "Envelope | None",
        actual: "Envelope | None",
        parents: tuple[int, ...],
    ) -> None:
        super().__init__(f"replay differs from the journal at event {seq}")
        self.seq = seq
        self.expected = expected
        self.actual = actual
        self.parents = parents
        self.causes: tuple[Cause, ...] = ()
        self.changed_files: tuple[str, ...] | None = None


class DuplicateKey(BusError):
    """Raised when an agent issues two effects under one key."""


def message_of(error: Exception) -> str:
    """What an error says, cut to what the journal can hold: no lone surrogates."""
    return str(error)[:LONGEST_MESSAGE].encode(errors="replace").decode()
