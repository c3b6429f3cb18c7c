"""Shows on a terminal where a run stood at an event."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.console_text import clean_text
from reports.leaderboard_view import render_leaderboard
from reports.numbers import score_with_error, seconds_text
from reports.state import RunState, SpentState

MEMBERS_SHOWN = 10


def render_state(state: RunState) -> RenderableType:
    """Render loops, leaderboard, ensemble and budget as they stood."""
    said = f"{state.kind} of {clean_text(state.src)}"
    heading = f"After event {state.seq}: {said}, session {state.session}"
    parts: list[RenderableType] = [Text(heading, style="bold"), _facts(state)]
    if state.loops:
        parts += [Text(), Text("Open loops", style="bold"), _loops(state)]
    if state.leaderboard:
        board = render_leaderboard(state.leaderboard, state.metric or "")
        parts += [Text(), board]
    return Group(*parts)


def _facts(state: RunState) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    lines = [("phase", state.phase), ("spent", _spent_text(state.spent))]
    lines.append(("out", _counted(state.effects) or "nothing"))
    lines.append(("views", ", ".join(("raw", *state.views))))
    lines.append(("ensemble", _ensemble_text(state)))
    for label, value in lines:
        facts.add_row(Text(f"  {label}"), Text(clean_text(value, 400)))
    return facts


def _spent_text(spent: SpentState) -> str:
    seconds, trials = seconds_text(spent.seconds), f"{spent.trials}"
    if spent.budget_seconds is not None:
        seconds = f"{seconds} of {seconds_text(spent.budget_seconds)}"
    if spent.trials_bound is not None:
        trials = f"{trials} of {spent.trials_bound}"
    parts = [seconds, f"{trials} trials", f"{spent.jobs} jobs"]
    if spent.tokens:
        parts.append(f"{spent.tokens} tokens")
    if spent.money:
        parts.append(f"${spent.money:.4f}")
    return ", ".join(parts)


def _ensemble_text(state: RunState) -> str:
    ensemble = state.ensemble
    if ensemble is None:
        return "none yet"
    scored = score_with_error(ensemble.score, ensemble.standard_error)
    heaviest = sorted(ensemble.weights.items(), key=lambda item: -item[1])
    shown = [f"{name} {weight:.2f}" for name, weight in heaviest[:MEMBERS_SHOWN]]
    return f"{state.metric} {scored}, {ensemble.strategy} of {', '.join(shown)}"


def _loops(state: RunState) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("loop", "version", "family", "rung", "waits for"):
        table.add_column(name)
    for loop in state.loops:
        cells = (
            loop.loop,
            loop.candidate or "",
            loop.family or "",
            loop.rung or "new",
            _counted(loop.effects) or "a decision",
        )
        table.add_row(*(Text(clean_text(cell, 60)) for cell in cells))
    return table


def _counted(effects: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(effects.items()))
