"""`batch`: run tables x settings x seeds and sum up what came of them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import errors, output
from cli.exits import EXIT_CANCELLED, EXIT_NO_MODEL, exit_codes

if TYPE_CHECKING:
    from reports.progress import Progress


def batch(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="TOML file")],
    batch_dir: Annotated[
        Path | None, typer.Option(help="Folder of all runs; runs/<plan>")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print batch.json to standard output")
    ] = False,
) -> None:
    """Run tables x settings x seeds and sum up what came of them."""
    from engine.batch import Batch, default_batch_path
    from engine.plan import read_plan
    from reports.batch import batch_json
    from reports.batch_table import render_batch

    with exit_codes():
        folder = batch_dir or default_batch_path(plan)
        work = Batch(folder, batch_progress, errors.print)
        report = work.run(read_plan(plan))
    if as_json:
        sys.stdout.write(batch_json(report).decode())
    else:
        output.print(render_batch(report))
        output.print(f"\nwritten to {folder}/batch.csv and batch.json")
    if report.is_cancelled:
        raise typer.Exit(EXIT_CANCELLED)
    if all(run.has_failed for run in report.runs):
        raise typer.Exit(EXIT_NO_MODEL)


def batch_progress() -> "Progress":
    """Show single runs of a batch where there is a terminal to draw on."""
    from reports.progress import choose_progress

    return choose_progress(errors, is_silent=not errors.is_terminal)
