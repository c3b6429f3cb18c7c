"""A candidate on a terminal."""

from rich.console import Console

from reports.story import derive_story
from reports.story_view import render_story, visible_lines
from schemas.envelope import Envelope


def test_story_source_and_difference_are_shown(a_run: list[Envelope]) -> None:
    story = derive_story(a_run, "L2-v2")
    assert story is not None
    console = Console(width=100, no_color=True)

    with console.capture() as capture:
        console.print(
            render_story(story, "x = 1\x1b[2J\n", "--- a\n+++ b\n-x = 0\n+x = 1")
        )

    text = capture.get()
    assert "L2-v2 linear: linear with defaults" in text
    assert "repair of L2-v1" in text
    assert "weight 0.250" in text
    assert "missing values" in text
    assert "x = 1\\x1b[2J" in text
    assert "Difference to L2-v1" in text
    assert "-x = 0" in text


def test_a_draft_has_no_difference(a_run: list[Envelope]) -> None:
    story = derive_story(a_run, "L1-v1")
    assert story is not None
    console = Console(width=100, no_color=True)

    with console.capture() as capture:
        console.print(render_story(story, "x = 1", ""))

    assert "Difference" not in capture.get()


def test_nothing_but_lines_and_tabs_can_steer_the_terminal() -> None:
    assert visible_lines("a\tb\nc\r\x9b31m\u202e") == "a\tb\nc\\r\\x9b31m\\u202e"
