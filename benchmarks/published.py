"""Prints what was measured as Markdown, with where and with what it was measured."""

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH_CHARACTERS = 400
CPU_INFO = Path("/proc/cpuinfo")


def publish(
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    notes: Sequence[str] = (),
    packages: Sequence[str] = (),
) -> None:
    """Print a section: a heading, a table, a list of notes, and the surroundings.

    Args:
        title: The heading.
        header: Names of the columns.
        rows: A text for each column.
        notes: What else is to be said.
        packages: Whose versions matter.
    """
    table = Table(*header, box=box.MARKDOWN)
    for row in rows:
        table.add_row(*row)
    console = Console(width=WIDTH_CHARACTERS, highlight=False)
    with console.capture() as captured:
        console.print(table)
    lines = [line.rstrip() for line in captured.get().strip().splitlines()]
    listed = [f"* {note}" for note in (*notes, surroundings(packages))]
    sys.stdout.write("\n".join([f"## {title}", "", *lines, "", *listed, "", ""]))


def surroundings(packages: Sequence[str]) -> str:
    """The machine, how busy it is, and versions."""
    load = os.getloadavg()[0]
    versions = [f"{name} {version(name)}" for name in packages]
    parts = [
        f"{os.cpu_count()} cores of {_processor()}",
        f"Linux {platform.release()}",
        f"load {load:.1f}",
        f"Python {platform.python_version()}",
        *versions,
    ]
    return ", ".join(parts)


def _processor() -> str:
    for line in CPU_INFO.read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()
