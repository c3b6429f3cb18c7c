"""Shows the story, the source and the ancestry of a candidate on a terminal."""

import unicodedata

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from reports.console_text import clean_text
from reports.story import LoopStory, Step, Story

STEP_LIMIT_CHARACTERS = 400
_KEPT = frozenset("\n\t")
_STYLES = {
    "failed": "red",
    "refused": "red",
    "repaired": "yellow",
    "pooled": "green",
    "weighed": "bold green",
}


def render_story(story: Story, source: str, difference: str) -> RenderableType:
    """Render a candidate.

    Args:
        story: What happened to it.
        source: Its source.
        difference: Unified difference to its parent; empty if there is none.
    """
    parts: list[RenderableType] = [
        _heading(story),
        Text(),
        _steps(story.steps, story.candidate.id),
        Text(),
        _code(source, "python"),
    ]
    if difference:
        parent = story.candidate.parent
        changed = Text(f"Difference to {parent}", style="bold")
        parts += [Text(), changed, _code(difference, "diff")]
    return Group(*parts)


def render_loop(story: LoopStory) -> RenderableType:
    """Render the life of a loop."""
    heading = Text(f"Loop {clean_text(story.loop)}", style="bold")
    return Group(heading, Text(), _steps(story.steps, None))


def _heading(story: Story) -> Text:
    candidate = story.candidate
    name = f"{candidate.id} {candidate.family}: {candidate.title}"
    made = f", {candidate.operator} of {candidate.parent}" if candidate.parent else ""
    facts = f"written by {candidate.origin}{made}, on view {candidate.view.name}"
    share = f", weight {story.weight:.3f}" if story.weight else ""
    return Text.assemble(
        (clean_text(name), "bold"), "\n", (clean_text(facts + share), "dim")
    )


def _steps(steps: tuple[Step, ...], own: str | None) -> Table:
    """The loop's life; what happened to other versions than the own one is dimmed."""
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in steps:
        is_own = own is None or step.candidate in (None, own)
        style = _STYLES.get(step.what, "") if is_own else "dim"
        lines = [step.text, *(f"  line {line}" for line in step.lines)]
        if step.has_conversation:
            lines.append(f"  --conversation {step.seq} prints what was asked and said")
        text = "\n".join(clean_text(line, STEP_LIMIT_CHARACTERS) for line in lines)
        cells = (f"{step.seq:>6}", step.candidate or "", step.what, text)
        table.add_row(*(Text(cell) for cell in cells), style=style)
    return table


def _code(text: str, language: str) -> Syntax:
    return Syntax(
        visible_lines(text),
        language,
        line_numbers=language == "python",
        word_wrap=True,
        background_color="default",
    )


def visible_lines(text: str) -> str:
    """Replace what could steer a terminal by its escape; lines and tabs stay."""
    return "".join(
        char
        if char in _KEPT or not unicodedata.category(char).startswith("C")
        else char.encode("unicode_escape").decode()
        for char in text
    )
