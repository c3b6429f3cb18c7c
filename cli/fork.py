"""`fork`: go on from any event of a run in a new one, under other settings."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import errors
from cli.exits import exit_codes
from cli.options import JsonOption, RunPath
from engine.machine import seconds_since_start


def fork(
    run: RunPath,
    at: Annotated[int, typer.Option(help="The last event that both runs have")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Option of fit that differs, as option=value"),
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="Folder of the new run; RUN-fork-SEQ")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Go on from an event of a run in a new one; what the old one knows is not redone."""
    from cli.finishing import finish
    from engine.execution import execute_fork, prepare_fork
    from engine.showing import count_recorded
    from reports.progress import choose_progress

    with exit_codes():
        path = run_dir or run.with_name(f"{run.name}-fork-{at}")
        fork_ = prepare_fork(run, at, changes or [], path)
        errors.print(
            f"{path} shares {at + 1} events with {run}, "
            f"which knows {fork_.answers} outcomes of what came after"
        )
        fitted = execute_fork(fork_, choose_progress(errors), seconds_since_start)
        counted = count_recorded(fork_.folder, at)
        errors.print(
            f"{counted.recorded} effects were answered from {run}, "
            f"{counted.carried_out} were carried out"
        )
        finish(fitted, path, as_json=as_json)
