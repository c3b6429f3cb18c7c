"""The leaderboard on a terminal."""

from rich.console import Console

from reports.leaderboard import LeaderboardRow, derive_leaderboard
from reports.leaderboard_view import ROWS_SHOWN, render_leaderboard
from schemas.envelope import Envelope


def shown(rows: list[LeaderboardRow], width: int = 120) -> str:
    console = Console(width=width, no_color=True)
    with console.capture() as capture:
        console.print(render_leaderboard(rows, "roc_auc"))
    return capture.get()


def test_best_rows_stand_first_with_their_scores(a_run: list[Envelope]) -> None:
    lines = shown(derive_leaderboard(a_run)).splitlines()

    assert lines[0].split()[:5] == ["candidate", "family", "view", "roc_auc", "rung"]
    assert [line.split()[0] for line in lines[1:]] == [
        "L1-v1",
        "L2-v2",
        "L3-v1",
        "L2-v1",
    ]
    assert "0.8400 +- 0.0052" in lines[1]
    assert "failed" in lines[4]


def test_a_narrow_terminal_cuts_titles_only(a_run: list[Envelope]) -> None:
    lines = shown(derive_leaderboard(a_run), width=80).splitlines()

    assert len(lines) == 5
    assert "0.8400 +- 0.0052" in lines[1]
    assert "lightgbm" in lines[1]


def test_more_rows_than_fit_are_counted(a_run: list[Envelope]) -> None:
    row = derive_leaderboard(a_run)[0]

    text = shown([row] * (ROWS_SHOWN + 3))

    assert "and 3 more" in text
    assert len(text.splitlines()) == ROWS_SHOWN + 2


def test_an_empty_leaderboard_is_a_heading() -> None:
    assert shown([]).split()[0] == "candidate"
