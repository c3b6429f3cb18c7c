"""`show`: show a run again, or the story of one of its candidates."""

import sys
from typing import Annotated

import typer

from cli.console import output
from cli.exits import exit_codes
from cli.options import JsonOption, RunPath
from engine.run_folder import open_run_folder


def show(
    run: RunPath,
    candidate: Annotated[
        str | None, typer.Argument(metavar="[CANDIDATE]", help="Id, like c03-v1")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a run again with its leaderboard, or the story of one of its candidates."""
    from engine.showing import CandidateShown, RunShown, show_candidate, show_run
    from reports.leaderboard_view import render_leaderboard
    from reports.story_view import render_story
    from reports.summary import render_summary

    with exit_codes():
        folder = open_run_folder(run)
        shown: RunShown | CandidateShown
        shown = show_candidate(folder, candidate) if candidate else show_run(folder)
    if as_json:
        sys.stdout.write(shown.model_dump_json(indent=2) + "\n")
    elif isinstance(shown, RunShown):
        output.print(render_summary(shown.result, shown.leaderboard, run))
        output.print()
        output.print(render_leaderboard(shown.leaderboard, shown.result.metric or ""))
    else:
        output.print(render_story(shown.story, shown.source, shown.difference))
