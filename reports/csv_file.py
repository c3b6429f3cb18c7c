"""Writes rows as a CSV file that is safe to open in a spreadsheet."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from reports.console_text import safe_cell


def write_rows(columns: Sequence[str], rows: Sequence[object], path: Path) -> None:
    """Write rows as CSV; the file is there whole or not at all.

    Text that a spreadsheet could take for a formula gets a leading apostrophe.

    Args:
        columns: Names of the columns, and of the attributes of a row that hold them.
        rows: The rows in order.
        path: Where to write them.
    """
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([safe_cell(getattr(row, column)) for column in columns])
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
