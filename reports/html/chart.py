"""One chart as data: what is drawn, in names of colours, and the numbers behind it as a table.

A colour is named by its role (`accent`, `muted`, ...); the page knows what each role looks
like on a light and on a dark ground.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Value = str | float | int | bool | None | Sequence["Value"] | dict[str, "Value"]
Trace = dict[str, Value]
Item = TypeVar("Item")

DIGITS = 5
NAME_CHARACTERS = 28


@dataclass(frozen=True, slots=True)
class DataTable:
    """Numbers behind a chart, for those who cannot see it and for print.

    Attributes:
        headings: One per column.
        rows: Cells as text, as many in each row as there are headings.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture with the words and numbers that stand for it.

    Attributes:
        id: Its element on the page.
        title: What it shows.
        text: What can be seen in it, in a sentence, for those who cannot see it.
        traces: What is drawn.
        x: Title of the horizontal axis.
        y: Title of the vertical axis.
        table: The numbers behind it.
        layout: What else the drawing library is told.
    """

    id: str
    title: str
    text: str
    traces: list[Trace]
    x: str
    y: str
    table: DataTable
    layout: dict[str, Value] = field(default_factory=dict)


def data_table(
    headings: Sequence[str], rows: Iterable[Sequence[str | float]]
) -> DataTable:
    """Lay numbers out, rounded to what people read."""
    written = tuple(tuple(_cell(cell) for cell in row) for row in rows)
    return DataTable(tuple(headings), written)


def _cell(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell
    return str(cell) if isinstance(cell, int) else f"{cell:.4g}"


def evenly(items: Sequence[Item], most: int) -> list[Item]:
    """So many of a sequence at most, its ends among them."""
    if len(items) <= most:
        return list(items)
    step = (len(items) - 1) / (most - 1)
    return [items[round(number * step)] for number in range(most)]


def short_name(name: str) -> str:
    """A name that leaves room for the picture."""
    flat = " ".join(name.split())
    if len(flat) <= NAME_CHARACTERS:
        return flat
    return f"{flat[: NAME_CHARACTERS - 1]}…"


def short_number(value: float) -> float:
    """A number without digits that only make the page larger."""
    return float(f"{value:.{DIGITS}g}")


def sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    stop = "" if text.endswith((".", "!", "?")) else "."
    return f"{text[:1].upper()}{text[1:]}{stop}"
