"""`replay`: derive a run again from its journal and compare every byte."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.console import errors, output
from cli.exits import EXIT_BAD_JOURNAL, exit_codes
from cli.options import JsonOption, RunPath
from engine.run_folder import open_run_folder


def replay(
    run: RunPath,
    until: Annotated[
        int | None, typer.Option(help="Stop after this event, and show the run then")
    ] = None,
    is_collecting: Annotated[
        bool, typer.Option("--collect", help="Replay every run in the folder RUN")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Derive a run again from its journal and compare every byte."""
    with exit_codes():
        if is_collecting:
            replay_folder(run, as_json=as_json)
        elif until is not None:
            show_state(run, until, as_json=as_json)
        else:
            verify(run, as_json=as_json)


def verify(run: Path, *, as_json: bool) -> None:
    """Compare a whole run with its journal; the first difference ends it."""
    from engine.replaying import replay_run

    report = replay_run(open_run_folder(run))
    if as_json:
        sys.stdout.write(report.model_dump_json(indent=2) + "\n")
        return
    rate = report.events / max(report.seconds, 1e-9)
    output.print(
        f"{report.events} events replayed, no difference, result.json derived to "
        f"the byte ({rate:,.0f} events a second)\ndigest {report.digest}",
        soft_wrap=True,
    )


def show_state(run: Path, until: int, *, as_json: bool) -> None:
    """Compare a run up to an event, and show where it stood then."""
    from engine.replaying import replay_until
    from reports.state_view import render_state

    state = replay_until(open_run_folder(run), until)
    if as_json:
        sys.stdout.write(state.model_dump_json(indent=2) + "\n")
    else:
        output.print(render_state(state))


def replay_folder(path: Path, *, as_json: bool) -> None:
    """Compare every run in a folder; a difference in one does not end the others."""
    from engine.replaying import replay_each
    from reports.replays import Replays, render_replays

    runs = Replays(runs=tuple(replay_each(path)))
    if as_json:
        sys.stdout.write(runs.model_dump_json(indent=2) + "\n")
    else:
        output.print(render_replays(runs.runs))
    if runs.bad:
        errors.print(f"{runs.bad} of {len(runs.runs)} runs differ or are damaged")
        raise typer.Exit(EXIT_BAD_JOURNAL)
