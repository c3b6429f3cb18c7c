"""What the live display shows."""

import io

from rich.console import Console

from reports.board import Board
from reports.board_view import render_board
from schemas.envelope import Envelope
from schemas.inputs import RunStarted


def drawn(board: Board, silence_seconds: float = 0.0) -> str:
    console = Console(file=io.StringIO(), width=100)
    with console.capture() as capture:
        console.print(render_board(board, silence_seconds))
    return capture.get()


def board_after(run: list[Envelope]) -> Board:
    board = Board()
    for line in run:
        board.hear(line)
    return board


def test_a_run_in_full_swing_shows_time_scores_and_work(a_run: list[Envelope]) -> None:
    closed = next(line.seq for line in a_run if line.body.kind == "exploration_closed")

    lines = drawn(board_after(a_run[:closed])).splitlines()

    assert lines[0].startswith("exploring ")
    assert lines[0].rstrip().endswith("1m 00s of 1m 00s")
    assert lines[1] == (
        "roc_auc: best 0.8400 (lightgbm), ensemble 0.8400 +- 0.0041 (1 members)"
    )
    assert lines[2] == (
        "2 loops open (full 2), 6 trials, 2 pooled, 1 failed, 1 repaired"
    )


def test_silence_counts_as_time(a_run: list[Envelope]) -> None:
    board = board_after(a_run[:1])

    assert "7.5s of 1m 00s" in drawn(board, silence_seconds=7.5)


def test_a_run_bounded_by_trials_shows_how_many_are_done(
    a_run: list[Envelope],
) -> None:
    first = a_run[0].body
    assert isinstance(first, RunStarted)
    bound = {"budget_seconds": None, "trials": 20}
    settings = first.settings.model_copy(update=bound)
    body = first.model_copy(update={"settings": settings})
    board = board_after([a_run[0].model_copy(update={"body": body}), *a_run[1:]])

    assert "6 of 20 trials" in drawn(board)


def test_markup_in_news_is_shown_as_it_is() -> None:
    board = Board()
    board.news.append("failed: [bold red]L1[/] :smile: [link=http://x]y[/link]")

    assert "  failed: [bold red]L1[/] :smile: [link=http://x]y[/link]" in drawn(board)


def test_a_board_that_heard_nothing_can_be_drawn() -> None:
    assert "nothing in the pool yet" in drawn(Board())
