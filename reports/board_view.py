"""Draws the board: a few lines of plain text and one bar."""

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from reports.board import Board
from reports.console_text import clean_text
from reports.numbers import score_text, score_with_error, seconds_text

BAR_CHARACTERS = 30
_RUNGS = ("new", "smoke", "screen", "full")


def render_board(board: Board, silence_seconds: float = 0.0) -> RenderableType:
    """Draw where a run stands.

    Args:
        board: The state to draw; it is only read.
        silence_seconds: Time since the latest envelope.
    """
    elapsed_seconds = board.elapsed_seconds + silence_seconds
    # Text, never str: rich would take brackets in a str for markup.
    news = [Text(f"  {line}", overflow="ellipsis", no_wrap=True) for line in board.news]
    return Group(
        _head(board, elapsed_seconds),
        Text(_scores(board)),
        Text(_work(board), style="dim"),
        *news,
    )


def _head(board: Board, elapsed_seconds: float) -> Table:
    head = Table.grid(padding=(0, 1))
    phase = Text(board.phase, style="bold")
    elapsed = seconds_text(elapsed_seconds)
    settings = board.settings
    if settings is not None and settings.budget_seconds is not None:
        budget_seconds = settings.budget_seconds
        bar = _bar(elapsed_seconds, budget_seconds)
        head.add_row(phase, bar, Text(f"{elapsed} of {seconds_text(budget_seconds)}"))
    elif settings is not None and settings.trials is not None:
        bar = _bar(board.trials, settings.trials)
        done = f"{board.trials} of {settings.trials} trials, {elapsed}"
        head.add_row(phase, bar, Text(done))
    else:
        head.add_row(phase, Text(elapsed))
    return head


def _bar(completed: float, total: float) -> ProgressBar:
    return ProgressBar(
        total=total, completed=min(completed, total), width=BAR_CHARACTERS
    )


def _scores(board: Board) -> str:
    metric = board.narrator.metric
    if board.best is None:
        return f"{metric}: nothing in the pool yet"
    candidate = board.best.candidate
    text = f"{metric}: best {score_text(board.best.score)} ({candidate.family})"
    if board.ensemble is not None:
        ensemble = board.ensemble
        scored = score_with_error(ensemble.score, ensemble.standard_error)
        text += f", ensemble {scored} ({len(ensemble.members)} members)"
    return clean_text(text)


def _work(board: Board) -> str:
    by_rung = board.loops_by_rung()
    listed = ", ".join(f"{rung} {by_rung[rung]}" for rung in _RUNGS if by_rung[rung])
    loops = f"{len(board.loops)} loops open" + (f" ({listed})" if listed else "")
    return (
        f"{loops}, {board.trials} trials, {board.pooled} pooled, "
        f"{board.failures} failed, {board.repairs} repaired"
    )
