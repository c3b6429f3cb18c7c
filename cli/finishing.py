"""The end of a run as the command line shows it."""

import sys
from pathlib import Path

import typer

from bus.journal import read_journal
from cli.console import errors, output
from cli.exits import EXIT_BUG, EXIT_BY_STATUS
from engine.fit import Fitted
from engine.run_folder import RunFolder
from reports.leaderboard import derive_leaderboard
from reports.result import result_bytes
from reports.summary import render_summary
from schemas.sayings import RunCrashed


def finish(fitted: Fitted, path: Path, *, as_json: bool) -> None:
    """Show what came out and leave with the exit code that says how it went."""
    end, result = fitted
    if isinstance(end, RunCrashed):
        errors.print(f"error: a bug in sage-loop: {end.exception}: {end.message}")
        raise typer.Exit(EXIT_BUG)
    if end.status == "bad_input":
        errors.print(f"error: {end.message}")
    elif as_json:
        sys.stdout.write(result_bytes(result).decode())
    else:
        board = derive_leaderboard(read_journal(RunFolder(path).events))
        output.print(render_summary(result, board, path))
    raise typer.Exit(EXIT_BY_STATUS[end.status])
