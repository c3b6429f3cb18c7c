"""`show`: show a run again, or the story of one of its loops or candidates."""

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
    loop: Annotated[str | None, typer.Option(help="Id of a loop, like c03")] = None,
    conversation: Annotated[
        int | None,
        typer.Option(help="Event of an answer: print what a model was asked and said"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a run again with its leaderboard, or the story of a loop or a candidate."""
    from engine.showing import (
        CandidateShown,
        RunShown,
        show_candidate,
        show_conversation,
        show_loop,
        show_run,
    )
    from reports.leaderboard_view import render_leaderboard
    from reports.story import LoopStory
    from reports.story_view import render_loop, render_story, visible_lines
    from reports.summary import render_summary

    with exit_codes():
        folder = open_run_folder(run)
        if conversation is not None:
            text = show_conversation(folder, conversation)
            sys.stdout.write(visible_lines(text) + "\n")
            return
        shown: RunShown | CandidateShown | LoopStory
        if loop is not None:
            shown = show_loop(folder, loop)
        elif candidate is not None:
            shown = show_candidate(folder, candidate)
        else:
            shown = show_run(folder)
    if as_json:
        sys.stdout.write(shown.model_dump_json(indent=2) + "\n")
        return
    match shown:
        case RunShown(result=result, leaderboard=leaderboard):
            output.print(render_summary(result, leaderboard, run))
            output.print()
            output.print(render_leaderboard(leaderboard, result.metric or ""))
        case LoopStory():
            output.print(render_loop(shown))
        case CandidateShown(story=story, source=source, difference=difference):
            output.print(render_story(story, source, difference))
