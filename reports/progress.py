"""Observers that show a run while it goes on; they can never change or slow it."""

import threading
import time
from collections.abc import Callable
from typing import IO, Protocol

from rich.console import Console, RenderableType
from rich.live import Live

from reports.board import NEW_SESSIONS, Board
from reports.board_view import render_board
from reports.fold import NANOSECONDS_PER_SECOND
from reports.narrator import Narrator
from schemas.envelope import Envelope

REFRESHES_PER_SECOND = 8


class Progress(Protocol):
    """Shows a run to somebody."""

    def show(self, envelope: Envelope) -> None:
        """Take in the next envelope; returns at once."""
        ...

    def close(self) -> None:
        """Show the last state and let go of the terminal; may be called twice."""
        ...


class SilentProgress:
    """Shows nothing."""

    def show(self, envelope: Envelope) -> None:
        """Take no notice."""

    def close(self) -> None:
        """Do nothing: nothing was opened."""


class PlainProgress:
    """Writes one line for each thing worth a line: for pipes, files and logs.

    Attributes:
        is_broken: Whether the stream failed; nothing more is written then.
    """

    def __init__(self, stream: IO[str]) -> None:
        """Make a progress that writes to a stream; the stream is left open."""
        self._stream = stream
        self._narrator = Narrator()
        self._first_t: int | None = None
        self.is_broken = False

    def show(self, envelope: Envelope) -> None:
        """Write a line if there is news."""
        if self._first_t is None or isinstance(envelope.body, NEW_SESSIONS):
            self._first_t = envelope.t
        line = self._narrator.tell(envelope)
        if line is not None:
            seconds = (envelope.t - self._first_t) / NANOSECONDS_PER_SECOND
            self._write(f"[{seconds:8.1f}s] {line}\n")

    def close(self) -> None:
        """Do nothing: every line was flushed when it was written."""

    def _write(self, line: str) -> None:
        if self.is_broken:
            return
        encoding: str = getattr(self._stream, "encoding", None) or "utf-8"
        try:
            self._stream.write(
                line.encode(encoding, "backslashreplace").decode(encoding)
            )
            self._stream.flush()
        except OSError:
            # The reader of the pipe went away; the run goes on without it.
            self.is_broken = True


class TerminalProgress:
    """Keeps a few lines up to date on a terminal, at most eight times a second.

    A thread of `rich` draws; `show` only folds the envelope into the board.
    """

    def __init__(
        self, console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make a progress; nothing is drawn before the first envelope.

        Args:
            console: Where to draw.
            clock: Seconds that pass between envelopes.
        """
        self._clock = clock
        self._board = Board()
        self._heard_at = clock()
        # Held by the run while it updates the board, and by the thread while it draws.
        self._lock = threading.Lock()
        self._live = Live(
            console=console,
            get_renderable=self._draw,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )

    def show(self, envelope: Envelope) -> None:
        """Take in the next envelope; the thread will draw it."""
        with self._lock:
            self._board.hear(envelope)
            self._heard_at = self._clock()
        if not self._live.is_started:
            self._live.start()

    def close(self) -> None:
        """Stop drawing, take the lines away and give the terminal back."""
        self._live.stop()

    def _draw(self) -> RenderableType:
        with self._lock:
            silence_seconds = self._clock() - self._heard_at
            return render_board(self._board, silence_seconds)


def choose_progress(console: Console, *, is_silent: bool = False) -> Progress:
    """Return the progress that suits a console.

    Args:
        console: Where progress is shown.
        is_silent: Whether nothing shall be shown.
    """
    if is_silent:
        return SilentProgress()
    if console.is_terminal:
        return TerminalProgress(console)
    return PlainProgress(console.file)
