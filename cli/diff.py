"""`diff`: say where two runs part."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.console import output
from cli.exits import exit_codes
from cli.options import JsonOption, RunPath


def diff(
    run: RunPath,
    other: Annotated[Path, typer.Argument(metavar="RUN", help="Another run's folder")],
    as_json: JsonOption = False,
) -> None:
    """Say where two runs part: the first message that differs, and what led there."""
    from engine.run_folder import open_run_folder
    from engine.showing import show_parting
    from reports.parting_view import render_parting

    with exit_codes():
        parting = show_parting(open_run_folder(run), open_run_folder(other))
    if as_json:
        sys.stdout.write(parting.model_dump_json(indent=2) + "\n")
    else:
        output.print(render_parting(parting, (run.name, other.name)))
