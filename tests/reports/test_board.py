"""The board knows where a run stands after any envelope."""

from reports.board import NEWS_SHOWN, Board
from schemas.envelope import Envelope
from schemas.inputs import Tick


def board_after(run: list[Envelope]) -> Board:
    board = Board()
    for line in run:
        board.hear(line)
    return board


def test_the_board_counts_what_happened(a_run: list[Envelope]) -> None:
    board = board_after(a_run)

    counted = (board.trials, board.pooled, board.failures, board.repairs)
    assert counted == (6, 2, 1, 1)
    assert board.best is not None
    assert board.best.score == 0.84
    assert board.ensemble is not None
    assert board.ensemble.score == 0.85
    assert board.phase == "done"


def test_open_loops_stand_at_the_rung_tried_last(a_run: list[Envelope]) -> None:
    assert board_after(a_run).loops_by_rung() == {"full": 2}
    opened = next(line.seq for line in a_run if line.body.kind == "loop_opened")
    assert board_after(a_run[: opened + 1]).loops_by_rung() == {"new": 1}


def test_only_the_latest_news_are_kept(a_run: list[Envelope]) -> None:
    news = board_after(a_run).news

    assert len(news) == NEWS_SHOWN
    assert news[-1] == "run finished: done"


def test_a_tick_knows_the_time_better_than_the_first_envelope_heard(
    a_run: list[Envelope],
) -> None:
    tick = next(line.seq for line in a_run if isinstance(line.body, Tick))

    assert board_after(a_run[tick : tick + 1]).elapsed_seconds == 60.0
