"""What came of replaying many runs, and how it is shown."""

from collections.abc import Sequence
from typing import Literal

from rich.table import Table
from rich.text import Text

from reports.console_text import clean_text
from schemas.base import Frozen

_STYLES = {"same": "", "differs": "red", "damaged": "bold red"}
_NOTE_LIMIT_CHARACTERS = 300


class ReplayedRun(Frozen):
    """What came of replaying one run.

    Attributes:
        run: Its folder.
        verdict: `same`, `differs` (the code or the result), or `damaged`.
        status: How the run ended, if it was replayed to its end.
        events: Number of its events, 0 if they were not all read.
        seconds: How long the replay took.
        digest: Chain of its last line.
        seq: Where it differs or is damaged.
        note: What is wrong.
    """

    run: str
    verdict: Literal["same", "differs", "damaged"]
    status: str = ""
    events: int = 0
    seconds: float = 0.0
    digest: str = ""
    seq: int | None = None
    note: str = ""


class Replays(Frozen):
    """What came of replaying every run in a folder."""

    runs: tuple[ReplayedRun, ...]

    @property
    def bad(self) -> int:
        """How many differ or are damaged."""
        return sum(run.verdict != "same" for run in self.runs)


def render_replays(runs: Sequence[ReplayedRun]) -> Table:
    """Lay out one run a line."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("run", "verdict"):
        table.add_column(name)
    for name in ("events", "events/s"):
        table.add_column(name, justify="right")
    table.add_column("digest")
    table.add_column("note", overflow="fold")
    for run in runs:
        rate = f"{run.events / run.seconds:,.0f}" if run.seconds else ""
        events = str(run.events) if run.events else ""
        cells = (run.run, run.verdict, events, rate, run.digest, run.note or run.status)
        shown = (Text(clean_text(cell, _NOTE_LIMIT_CHARACTERS)) for cell in cells)
        table.add_row(*shown, style=_STYLES[run.verdict])
    return table
