"""`resume`: go on with a run that was interrupted."""

from typing import Annotated

import typer

from cli.console import errors
from cli.exits import exit_codes
from cli.options import RunPath
from engine.machine import seconds_since_start


def resume(
    run: RunPath,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print result.json to standard output")
    ] = False,
) -> None:
    """Go on with a run that was interrupted; nothing finished is done again."""
    with exit_codes():
        from cli.finishing import finish
        from engine.execution import execute_again
        from reports.progress import choose_progress

        progress = choose_progress(errors)
        finish(execute_again(run, progress, seconds_since_start), run, as_json=as_json)
