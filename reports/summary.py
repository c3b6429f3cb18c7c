"""The summary of a run for people: what came out, and what to type next."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports.clusters_view import cluster_lines, render_clusters
from reports.console_text import clean_text
from reports.copies import copies_text
from reports.leaderboard import LeaderboardRow
from reports.llm_view import llm_lines
from reports.numbers import bytes_text, score_text, score_with_error, seconds_text
from reports.result import RunResult
from schemas.task import TaskKind

MEMBERS_SHOWN = 10
CLASSES_SHOWN = 8
WARNINGS_SHOWN = 10
_MESSAGE_LIMIT_CHARACTERS = 400
_HEADINGS = {
    "done": "The run is done.",
    "cancelled": "The run was cancelled; this is what it has.",
    "no_model": "The run found no usable model.",
    "bad_input": "The run could not use its input.",
    "failed": "The run failed.",
    "crashed": "The run crashed; it can be resumed.",
    "unfinished": "The run is not finished; it can be resumed.",
}


def render_summary(
    result: RunResult,
    leaderboard: Sequence[LeaderboardRow],
    run_dir: Path,
    command: str = "python run.py",
) -> RenderableType:
    """Render a result for a terminal or a pipe.

    Args:
        result: What came out.
        leaderboard: All versions; titles and scores of the members are taken from it.
        run_dir: The run's folder, for the commands to type next.
        command: How the command line is started here.
    """
    style = "bold green" if result.status == "done" else "bold yellow"
    parts: list[RenderableType] = [
        Text(_HEADINGS[result.status], style=style),
        _facts(result),
    ]
    if result.ensemble:
        parts += [Text(), Padding(_members(result, leaderboard), (0, 0, 0, 2))]
    if result.clustering is not None and result.clustering.profiles:
        parts += [Text(), Padding(render_clusters(result.clustering), (0, 0, 0, 2))]
    if result.warnings:
        parts += [Text(), *_listed("Warnings", result.warnings[:WARNINGS_SHOWN])]
    steps = next_commands(result, run_dir, command)
    parts += [Text(), Text("Next", style="bold")]
    steps = (*steps, f"open {run_dir / 'report.html'} in a browser")
    parts += [Text(f"  {step}", overflow="fold", no_wrap=True) for step in steps]
    return Group(*parts)


def next_commands(result: RunResult, run_dir: Path, command: str) -> tuple[str, ...]:
    """Return the commands that make sense after this result, ready to be typed."""
    run = shlex.quote(str(run_dir))
    predict = f"{command} predict {run} TABLE --out predictions.csv"
    replay = f"{command} replay {run}"
    resume = f"{command} resume {run}"
    match result.status:
        case "done" | "cancelled" if result.ensemble or result.clustering:
            return predict, replay
        case "crashed" | "unfinished":
            return (resume,)
        case _:
            return (replay,)


def _facts(result: RunResult) -> Table:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for label, value in _fact_lines(result):
        facts.add_row(Text(f"  {label}"), Text(value))
    return facts


def _fact_lines(result: RunResult) -> list[tuple[str, str]]:
    lines = [*_task_lines(result), *_score_lines(result)]
    counts = result.counts
    lines.append(
        (
            "work",
            f"{counts.loops} loops, {counts.trials} trials, {counts.jobs} jobs, "
            f"{counts.failures} failed, {counts.repairs} repaired, "
            f"{counts.pooled} pooled",
        )
    )
    lines.append(("took", _cost_text(result)))
    if result.llm is not None:
        lines += llm_lines(result.llm)
    missing = [
        f"{layer} ({state})"
        for layer, state in result.isolation.items()
        if state != "active"
    ]
    if missing:
        text = clean_text(", ".join(missing), _MESSAGE_LIMIT_CHARACTERS)
        lines.append(("not isolated by", text))
    return lines


def _task_lines(result: RunResult) -> list[tuple[str, str]]:
    task = result.task
    if task is None:
        return []
    is_clustering = task.kind is TaskKind.CLUSTERING
    role = "compared with" if is_clustering else "target"
    named = f", {role} {task.target!r}" if task.target is not None else ""
    shown = ", ".join(clean_text(label, 30) for label in task.classes[:CLASSES_SHOWN])
    more = ", ..." if len(task.classes) > CLASSES_SHOWN else ""
    classes = f" ({shown}{more})" if task.classes else ""
    folds = f"{task.folds} folds" if task.folds > 1 else "one validation part"
    if is_clustering:
        folds = f"{task.folds - 1} refits on subsamples"
    data = f"{task.rows} rows, {task.features} features, {folds}"
    sealed = f"; {task.test_rows} sealed test rows" if task.test_rows else ""
    return [
        ("task", clean_text(f"{task.kind}{named}{classes}", _MESSAGE_LIMIT_CHARACTERS)),
        ("data", data + sealed),
    ]


def _score_lines(result: RunResult) -> list[tuple[str, str]]:
    scores = result.development
    if scores.score is None:
        return []
    scored = score_with_error(scores.score, scores.standard_error)
    lines = [("score", f"{result.metric} {scored} on development rows")]
    if scores.nested is not None:
        nested = f"{score_text(scores.nested)} with the ensemble chosen inside folds"
        lines.append(("nested", nested))
    if result.test:
        listed = ", ".join(f"{name} {score_text(x)}" for name, x in result.test.items())
        lines.append(("test", f"{listed} (opening {result.openings})"))
    if result.without_copies is not None:
        lines.append(("copies", copies_text(result)))
    if result.optimism is not None:
        side = "better" if result.optimism > 0 else "no better"
        gap = f"{score_text(result.optimism)}: development looked {side} than the test"
        lines.append(("optimism", gap))
    lines.append(("ensemble", f"{result.strategy} of {len(result.ensemble)}"))
    if result.clustering is not None:
        lines += cluster_lines(result.clustering)
    return lines


def _cost_text(result: RunResult) -> str:
    parts = [seconds_text(result.seconds)]
    if result.memory.peak_bytes:
        parts.append(f"at most {bytes_text(result.memory.peak_bytes)} for a job")
    if result.tokens:
        parts.append(f"{result.tokens} tokens")
    if result.money:
        parts.append(f"${result.money:.4f}")
    return ", ".join(parts)


def _members(result: RunResult, leaderboard: Sequence[LeaderboardRow]) -> Table:
    rows = {row.candidate: row for row in leaderboard}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("weight", justify="right")
    table.add_column("score", justify="right")
    for name in ("candidate", "family", "view", "title"):
        table.add_column(name, overflow="fold")
    for member in result.ensemble[:MEMBERS_SHOWN]:
        row = rows.get(member.candidate)
        cells = (
            f"{member.weight:.3f}",
            score_text(None if row is None else row.score),
            member.candidate,
            member.family,
            member.view,
            "" if row is None else row.title,
        )
        table.add_row(*(Text(clean_text(cell, 60)) for cell in cells))
    hidden = len(result.ensemble) - MEMBERS_SHOWN
    if hidden > 0:
        table.add_row(Text(), Text(), Text(f"and {hidden} more"))
    return table


def _listed(heading: str, sentences: Sequence[str]) -> list[RenderableType]:
    lines = [
        Padding(Text(f"- {clean_text(sentence, _MESSAGE_LIMIT_CHARACTERS)}"), (0, 2))
        for sentence in sentences
    ]
    return [Text(heading, style="bold"), *lines]
