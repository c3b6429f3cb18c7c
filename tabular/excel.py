"""Read one sheet of an Excel workbook."""

import io
import itertools
import warnings
import zipfile
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pyarrow as pa

from tabular.errors import TableError
from tabular.values import number_text, plain_values
from tabular.written_numbers import texts, typed

if TYPE_CHECKING:
    from openpyxl import Workbook

_FAULTS = ("#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#N/A")
"""What Excel shows in cells whose formula failed."""

Cell = object


class Sheet(NamedTuple):
    """Names of a sheet's columns and its rows, all as wide as the names."""

    names: list[str]
    rows: list[tuple[Cell, ...]]


def is_workbook(content: bytes) -> bool:
    """Tell whether a ZIP archive is an Excel workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def read_sheet(
    content: bytes,
    file: str,
    sheet: str | None,
    text_columns: Container[str] = (),
) -> pd.DataFrame:
    """Read a sheet whose first row that is not blank names the columns.

    Args:
        content: The workbook.
        file: Its name, for messages.
        sheet: Which sheet, None for the first.
        text_columns: Columns whose text stays text even if every value is a number.

    Returns:
        Plain columns; cells with failed formulas are missing. Names may be repeated.

    Raises:
        TableError: If openpyxl is not installed, the workbook is damaged, there is no
            such sheet, or it is empty.
    """
    found = _load(content, file, sheet)
    columns = zip(*found.rows, strict=True) if found.rows else [()] * len(found.names)
    plain = [
        _plain(list(column), is_text=name in text_columns)
        for name, column in zip(found.names, columns, strict=True)
    ]
    frame = pd.concat(plain, axis=1)
    frame.columns = pd.Index(found.names, dtype="str")
    return frame


def _load(content: bytes, file: str, sheet: str | None) -> Sheet:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - an extra, not always there
    except ImportError as error:
        raise TableError(
            f"{file!r} is an Excel file, and openpyxl, which reads them, is missing; "
            "run pip install 'sage-loop[excel]', or save the table as CSV."
        ) from error
    try:
        with warnings.catch_warnings():
            # It tells of charts and styles that it passes over.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            return _sheet(book, file, sheet)
    except (KeyError, ValueError, OSError, SyntaxError, zipfile.BadZipFile) as error:
        raise TableError(f"{file!r} is a damaged Excel file; save it again.") from error


def _sheet(book: "Workbook", file: str, sheet: str | None) -> Sheet:
    names = [found.title for found in book.worksheets]
    if sheet is not None and sheet not in names:
        raise TableError(
            f"{file!r} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}."
        )
    if not names:
        raise TableError(f"{file!r} has no sheet with cells.")
    cells = book[names[0] if sheet is None else sheet]
    rows = [row for row in cells.iter_rows(values_only=True) if _is_filled(row)]
    if not rows:
        raise TableError(f"{file!r}: sheet {cells.title!r} is empty.")
    width = max(map(_width, rows))
    header, *body = (_as_wide(row, width) for row in rows)
    return Sheet(list(_names(header)), body)


def _is_filled(row: Sequence[Cell]) -> bool:
    return any(cell is not None for cell in row)


def _width(row: Sequence[Cell]) -> int:
    """Cells of a row, blank ones at its end not counted."""
    return len(row) - sum(
        1 for _ in itertools.takewhile(lambda cell: cell is None, reversed(row))
    )


def _as_wide(row: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    return (*row[:width], *([None] * (width - len(row))))


def _names(header: Sequence[Cell]) -> Iterator[str]:
    for place, cell in enumerate(header):
        yield f"Unnamed: {place}" if cell is None else _text(cell)


def _plain(cells: list[Cell], *, is_text: bool) -> pd.Series:
    """A column of text is read like one of a CSV file, any other as it is typed."""
    known = [None if cell in _FAULTS else cell for cell in cells]
    if any(isinstance(cell, str) for cell in known):
        spelled = [None if cell is None else _text(cell) for cell in known]
        words = pa.array(spelled, type=pa.string())
        column: pd.Series = (texts(words) if is_text else typed(words, ".")).to_pandas()
        return column
    return plain_values(pd.Series(known, dtype=object).infer_objects())


def _text(cell: Cell) -> str:
    return number_text(cell) if isinstance(cell, float) else str(cell)
