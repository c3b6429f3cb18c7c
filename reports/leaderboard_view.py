"""Shows the leaderboard on a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from reports.console_text import clean_text
from reports.leaderboard import LeaderboardRow
from reports.numbers import score_with_error, seconds_text

ROWS_SHOWN = 25
_STYLES = {"pooled": "", "failed": "red"}
_DASH = "-"
_HEADINGS = (
    "candidate",
    "family",
    "view",
    "rung",
    "weight",
    "seconds",
    "state",
    "title",
)
_NUMBERS = frozenset({"weight", "seconds"})


def render_leaderboard(rows: Sequence[LeaderboardRow], metric: str) -> Table:
    """Lay the best rows out, members of the ensemble in bold.

    Args:
        rows: All rows, best first.
        metric: What the scores are.
    """
    headings = (*_HEADINGS[:3], clean_text(metric, 30), *_HEADINGS[3:])
    shown = [[clean_text(c, 60) for c in _cells(row)] for row in rows[:ROWS_SHOWN]]
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for place, heading in enumerate(headings):
        # A narrow terminal may cut titles, and nothing else.
        is_title = place == len(headings) - 1
        longest = max(map(cell_len, (heading, *(cells[place] for cells in shown))))
        table.add_column(
            heading,
            no_wrap=True,
            min_width=None if is_title else longest,
            justify="right" if heading in _NUMBERS else "left",
        )
    for row, cells in zip(rows, shown, strict=False):
        style = "bold" if row.weight else _STYLES.get(row.state, "dim")
        table.add_row(*map(Text, cells), style=style)
    if len(rows) > ROWS_SHOWN:
        table.add_row(*[""] * (len(headings) - 1), f"and {len(rows) - ROWS_SHOWN} more")
    return table


def _cells(row: LeaderboardRow) -> tuple[str, ...]:
    return (
        row.candidate,
        row.family,
        row.view,
        score_with_error(row.score, row.standard_error),
        row.rung or _DASH,
        f"{row.weight:.3f}" if row.weight else _DASH,
        seconds_text(row.seconds) if row.seconds else _DASH,
        row.state,
        row.title,
    )
