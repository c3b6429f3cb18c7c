"""`continue`: give a finished run more to spend."""

from typing import Annotated

import typer

from cli.console import errors
from cli.exits import exit_codes
from cli.options import JsonOption, RunPath
from engine.machine import seconds_since_start


def continue_(
    run: RunPath,
    budget: Annotated[str | None, typer.Option(help="Time beyond what it took")] = None,
    trials: Annotated[int | None, typer.Option(help="Trials beyond its own")] = None,
    as_json: JsonOption = False,
) -> None:
    """Give a finished run more to spend; it goes on in its own folder."""
    from cli.finishing import finish
    from engine.changed_settings import More
    from engine.execution import execute_more
    from reports.progress import choose_progress

    with exit_codes():
        progress = choose_progress(errors)
        more = More(budget, trials)
        fitted = execute_more(run, more, progress, seconds_since_start)
        finish(fitted, run, as_json=as_json)
