"""The summary a person reads at the end of a run."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from reports.leaderboard import derive_leaderboard
from reports.result import RunResult, RunStatus, derive_result
from reports.summary import next_commands, render_summary
from schemas.envelope import Envelope

GOLDEN_SUMMARY = Path(__file__).parent / "golden" / "summary.txt"
RUN_DIR = Path("runs/churn-1")


def printed(
    result: RunResult, run: list[Envelope], *, is_terminal: bool = False
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=88, force_terminal=is_terminal)
    console.print(render_summary(result, derive_leaderboard(run), RUN_DIR))
    return file.getvalue()


def test_the_summary_reads_like_this(a_run: list[Envelope]) -> None:
    text = printed(derive_result(a_run), a_run)

    stripped = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    assert stripped == GOLDEN_SUMMARY.read_text(encoding="utf-8")


def test_colours_are_for_terminals_only(a_run: list[Envelope]) -> None:
    result = derive_result(a_run)

    assert "\x1b[" not in printed(result, a_run)
    assert "\x1b[" in printed(result, a_run, is_terminal=True)


def test_every_prefix_of_a_journal_can_be_summarised(a_run: list[Envelope]) -> None:
    for end in range(len(a_run)):
        run = a_run[:end]
        assert "resume runs/churn-1" in printed(derive_result(run), run)


def test_names_from_the_table_cannot_write_on_the_terminal(
    a_run: list[Envelope],
) -> None:
    result = derive_result(a_run)
    assert result.task is not None
    task = result.task.model_copy(update={"classes": ("\x1b[2J[red]no", "yes")})
    warning = "column '[/]\x1b]0;x\a' is odd"
    hostile = result.model_copy(update={"task": task, "warnings": (warning,)})

    text = printed(hostile, a_run)

    assert "\x1b" not in text
    assert "[2J[red]no, yes" in text
    assert "- column '[/] ]0;x ' is odd" in text


def test_a_long_list_of_members_is_cut(a_run: list[Envelope]) -> None:
    result = derive_result(a_run)
    crowd = result.model_copy(update={"ensemble": result.ensemble * 8})

    assert "and 6 more" in printed(crowd, a_run)


@pytest.mark.parametrize(
    ("status", "commands"),
    [
        ("done", ("predict", "replay")),
        ("cancelled", ("predict", "replay")),
        ("crashed", ("resume",)),
        ("unfinished", ("resume",)),
        ("bad_input", ("replay",)),
        ("failed", ("replay",)),
    ],
)
def test_the_next_commands_suit_the_end_of_the_run(
    a_run: list[Envelope], status: RunStatus, commands: tuple[str, ...]
) -> None:
    result = derive_result(a_run).model_copy(update={"status": status})

    steps = next_commands(result, Path("my runs/x"), "sage-loop")

    assert tuple(step.split()[1] for step in steps) == commands
    assert all(step.startswith("sage-loop ") for step in steps)
    assert all("'my runs/x'" in step for step in steps)
