"""What a table is understood as, before anything runs: the page that `inspect` prints."""

from collections.abc import Iterator, Sequence
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.console_text import clean_text
from schemas.base import Frozen
from schemas.table import SET_ASIDE_KINDS, ColumnProfile
from schemas.task import TaskKind
from tabular.leaks import Leak

CLASSES_SHOWN = 12
LEVELS_SHOWN = 5
_SENTENCE_LIMIT_CHARACTERS = 400
_NAME_LIMIT_CHARACTERS = 40
_RANGE_LIMIT_CHARACTERS = 50
_COUNTS = frozenset({"missing", "distinct"})


class ClassCount(Frozen):
    """A class of the target and how many rows have it."""

    label: str
    rows: int


class Inspection(Frozen):
    """What was understood of a table.

    Attributes:
        table: Its path or name.
        rows: Its rows.
        kind: Kind of task, None if no target was named.
        target: The target, or None.
        classes: Classes in code order; empty unless classification.
        metric: What would be optimised, None without a task.
        description: What the user says about the table.
        columns: What was found in each column but the target and those dropped.
        warnings: Sentences for the user.
        leaks: Signs that the target is given away.
    """

    table: str
    rows: int
    kind: TaskKind | None
    target: str | None
    classes: tuple[ClassCount, ...]
    metric: str | None
    description: str
    columns: tuple[ColumnProfile, ...]
    warnings: tuple[str, ...]
    leaks: tuple[Leak, ...]


def render_inspection(inspection: Inspection) -> RenderableType:
    """Render an inspection for a terminal or a pipe."""
    parts: list[RenderableType] = [Text(_heading(inspection), style="bold")]
    if inspection.target is not None:
        parts.append(Text(_target(inspection)))
    if inspection.description:
        parts.append(
            Text(clean_text(inspection.description, _SENTENCE_LIMIT_CHARACTERS))
        )
    parts += [Text(), _columns(inspection.columns)]
    parts += _sentences("Warnings", inspection.warnings, "yellow")
    parts += _sentences(
        "Signs of leaks", [leak.text for leak in inspection.leaks], "bold red"
    )
    if inspection.target is not None and not inspection.leaks:
        parts += [Text(), Text("No sign of a leak.", style="green")]
    return Group(*parts)


def _heading(inspection: Inspection) -> str:
    used = sum(column.kind not in SET_ASIDE_KINDS for column in inspection.columns)
    return (
        f"{clean_text(inspection.table)}: {inspection.rows} rows, "
        f"{used} of {len(inspection.columns)} columns to learn from"
    )


def _target(inspection: Inspection) -> str:
    kind = "" if inspection.kind is None else inspection.kind.value
    line = (
        f"target {clean_text(inspection.target or '')}: {kind} by {inspection.metric}"
    )
    shown = [
        f"{clean_text(found.label)} {found.rows}"
        for found in inspection.classes[:CLASSES_SHOWN]
    ]
    more = len(inspection.classes) - CLASSES_SHOWN
    if more > 0:
        shown.append(f"{more} more")
    return f"{line} ({', '.join(shown)})" if shown else line


def _columns(columns: Sequence[ColumnProfile]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    names = ["column", "kind", "missing", "distinct", "values"]
    if any(column.description for column in columns):
        names.append("description")
    for name in names:
        justify: Literal["left", "right"] = "right" if name in _COUNTS else "left"
        table.add_column(name, justify=justify, overflow="fold")
    for column in columns:
        style = "dim" if column.kind in SET_ASIDE_KINDS else ""
        cells = [
            clean_text(column.name, _NAME_LIMIT_CHARACTERS),
            column.kind.value,
            f"{column.missing_share:.0%}" if column.missing_share else "",
            str(column.distinct),
            clean_text(_values(column), _RANGE_LIMIT_CHARACTERS),
            clean_text(column.description),
        ]
        table.add_row(*(Text(cell, style=style) for cell in cells[: len(names)]))
    return table


def _values(column: ColumnProfile) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum:.6g} to {column.maximum:.6g} {column.unit}".rstrip()
    return ", ".join(column.common_levels[:LEVELS_SHOWN])


def _sentences(
    heading: str, sentences: Sequence[str], style: str
) -> Iterator[RenderableType]:
    if sentences:
        yield Text()
        yield Text(heading, style=style)
    for sentence in sentences:
        yield Text(f"  {clean_text(sentence, _SENTENCE_LIMIT_CHARACTERS)}")
