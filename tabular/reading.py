"""Read the user's table from a file; whatever is wrong becomes a `TableError`."""

import gzip
import zlib
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from tabular.delimited import Delimited, parse_delimited, refuse_repeated_names
from tabular.errors import TableError
from tabular.excel import is_workbook, read_sheet
from tabular.values import plain_values
from tabular.written_numbers import Decimal

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_FEATHER = (b"ARROW1", b"FEA1")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and any later workbook that is locked by a password."""

_ARCHIVES = {
    _ZIP: "ZIP",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}

_LONGEST_REASON = 100
"""Characters that a library may say about a file."""


class Source(NamedTuple):
    """A table as it was read.

    Attributes:
        frame: Its rows.
        decimal: What stood between whole and fraction in numbers that were text.
        verbatim: The values of one column as a text file writes them, if one was named.
    """

    frame: pd.DataFrame
    decimal: Decimal
    verbatim: pd.Series | None = None


def read_table(
    path: Path,
    sheet: str | None = None,
    decimal: Decimal | None = None,
    text_columns: Container[str] = (),
) -> pd.DataFrame:
    """Read a table; see `read_source`."""
    return read_source(path, sheet, decimal, text_columns=text_columns).frame


def read_source(
    path: Path,
    sheet: str | None = None,
    decimal: Decimal | None = None,
    *,
    verbatim_column: str | None = None,
    text_columns: Container[str] = (),
) -> Source:
    """Read a table; the content decides on the format, not the name.

    Args:
        path: A CSV file (delimiter `,`, `;`, tab or `|`; UTF-8, UTF-16 or Windows-1252;
            gzip or not), a Parquet file, a Feather file or an Excel workbook.
        sheet: Sheet of a workbook, None for the first.
        decimal: How to read numbers in text that could be read in two ways.
        verbatim_column: A column to return once more as a text file writes it.
        text_columns: Columns whose text stays text even if every value is a number.

    Returns:
        At least one row and one column under unique names, a fresh index. In CSV
        files a column of numbers is numeric unless digits would be lost: `007` stays
        text.

    Raises:
        TableError: If the file cannot be read or holds no table.
    """
    content = _read_bytes(path)
    if sheet is not None and not content.startswith(_ZIP):
        raise TableError(
            f"{path.name!r} is no Excel file and has no sheets; omit --sheet."
        )
    frame = _from_binary(content, path, sheet, text_columns)
    if frame is not None:
        source = Source(frame, ".")
    else:
        _refuse_archives(content, path)
        found = parse_delimited(
            content,
            path.name,
            decimal,
            verbatim_column=verbatim_column,
            text_columns=text_columns,
        )
        source = _from_text(found)
    _check_shape(source.frame, path)
    return source


def _from_binary(
    content: bytes, path: Path, sheet: str | None, text_columns: Container[str]
) -> pd.DataFrame | None:
    """The table of a file of any format but text, None for text."""
    if content.startswith(_PARQUET):
        return _from_arrow(path, content, is_parquet=True)
    if content.startswith(_FEATHER):
        return _from_arrow(path, content, is_parquet=False)
    if content.startswith(_ZIP) and is_workbook(content):
        return read_sheet(content, path.name, sheet, text_columns)
    return None


def _from_text(found: Delimited) -> Source:
    verbatim = None if found.verbatim is None else found.verbatim.to_pandas()
    return Source(found.table.to_pandas(), found.decimal, verbatim)


def _refuse_archives(content: bytes, path: Path) -> None:
    for mark, name in _ARCHIVES.items():
        if content.startswith(mark):
            raise TableError(f"{path.name!r} is a {name} archive; unpack it first.")
    if content.startswith(_OLE):
        raise TableError(
            f"{path.name!r} is an Excel file of before 2007 or locked by a password; "
            "save it as .xlsx without one."
        )


def _read_bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TableError(
            f"There is no table at {str(path)!r}; check the path."
        ) from None
    except IsADirectoryError:
        raise TableError(f"{str(path)!r} is a folder; name a file in it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TableError(
            f"{str(path)!r} cannot be read ({reason}); check its permissions."
        ) from error
    if content.startswith(_GZIP):
        content = _unpack(content, path)
    if not content.strip():
        raise TableError(f"{path.name!r} is empty; it needs a header and rows.")
    return content


def _unpack(content: bytes, path: Path) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(
            f"{path.name!r} is a damaged gzip file; write it again."
        ) from error


def _from_arrow(path: Path, content: bytes, *, is_parquet: bool) -> pd.DataFrame:
    try:
        table = _arrow_table(content, is_parquet=is_parquet)
        refuse_repeated_names(table.column_names, path.name)
        return _plain_frame(table.to_pandas(), path)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        kind = "Parquet" if is_parquet else "Feather"
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise TableError(
            f"{path.name!r} is a damaged {kind} file, or holds values that cannot be read "
            f"({reason}); mend them and write it again."
        ) from error


def _arrow_table(content: bytes, *, is_parquet: bool) -> pa.Table:
    source = pa.BufferReader(content)
    if is_parquet:
        # The plain reader takes repeated names, so that they can be named by the caller.
        return pyarrow.parquet.ParquetFile(source).read()
    return pyarrow.feather.read_table(source)


def _plain_frame(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    frame = _without_index(frame, path)
    names = [str(name) for name in frame.columns]
    refuse_repeated_names(names, path.name)
    columns = [_plain_column(column) for _, column in frame.items()]
    return pd.DataFrame(dict(zip(names, columns, strict=True)), index=frame.index)


def _plain_column(column: pd.Series) -> pd.Series:
    """Objects could neither be hashed nor compared later on, and times may be out of range."""
    is_time = pd.api.types.is_datetime64_any_dtype(column.dtype)
    return plain_values(column) if is_time or column.dtype == object else column


def _without_index(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """A stored index is a column like any other if it has a name or holds times."""
    names = [name for name in frame.index.names if name is not None]
    refuse_repeated_names(map(str, [*names, *frame.columns]), path.name)
    is_time = isinstance(frame.index, pd.DatetimeIndex)
    is_dropped = len(names) < frame.index.nlevels and not is_time
    return frame.reset_index(drop=is_dropped, allow_duplicates=True)


def _check_shape(frame: pd.DataFrame, path: Path) -> None:
    refuse_repeated_names(map(str, frame.columns), path.name)
    if frame.empty:
        raise TableError(f"{path.name!r} has column names but no rows.")
