"""Read the user's table from a file; whatever is wrong becomes a `TableError`."""

import gzip
import zlib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from tabular.delimited import parse_delimited, refuse_repeated_names
from tabular.errors import TableError
from tabular.values import plain_values

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_FEATHER = (b"ARROW1", b"FEA1")


def read_table(path: Path) -> pd.DataFrame:
    """Read a table; the content decides on the format, not the name.

    Args:
        path: A CSV file (delimiter `,`, `;`, tab or `|`; UTF-8 or Latin-1; gzip or
            not), a Parquet file or a Feather file.

    Returns:
        At least one row and one column under unique names, a fresh index. In CSV
        files a column of numbers is numeric unless digits would be lost: `007` stays
        text.

    Raises:
        TableError: If the file cannot be read or holds no table.
    """
    content = _read_bytes(path)
    if content.startswith(_PARQUET):
        frame = _from_arrow(path, content, is_parquet=True)
    elif content.startswith(_FEATHER):
        frame = _from_arrow(path, content, is_parquet=False)
    else:
        frame = parse_delimited(content, path.name).to_pandas()
    _check_shape(frame, path)
    return frame


def _read_bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TableError(f"There is no table at {str(path)!r}.") from None
    except IsADirectoryError:
        raise TableError(f"{str(path)!r} is a folder; name a file in it.") from None
    except OSError as error:
        raise TableError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    if content.startswith(_GZIP):
        content = _unpack(content, path)
    if not content.strip():
        raise TableError(f"{path.name!r} is empty.")
    return content


def _unpack(content: bytes, path: Path) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(
            f"{path.name!r} is a damaged gzip file; write it again."
        ) from error


def _from_arrow(path: Path, content: bytes, *, is_parquet: bool) -> pd.DataFrame:
    source = pa.BufferReader(content)
    try:
        if is_parquet:
            table = pyarrow.parquet.read_table(source)
        else:
            table = pyarrow.feather.read_table(source)
        refuse_repeated_names(table.column_names, path.name)
        frame: pd.DataFrame = table.to_pandas()
    except (pa.ArrowException, OSError) as error:
        kind = "Parquet" if is_parquet else "Feather"
        raise TableError(
            f"{path.name!r} is a damaged {kind} file; write it again."
        ) from error
    frame = _without_index(frame)
    frame.columns = pd.Index([str(name) for name in frame.columns], dtype="str")
    # Objects (decimals, dates, lists) could neither be hashed nor compared later on.
    objects = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: plain_values(frame[name]) for name in objects})


def _without_index(frame: pd.DataFrame) -> pd.DataFrame:
    """A stored index is a column like any other if it has a name."""
    has_names = all(name is not None for name in frame.index.names)
    return frame.reset_index(drop=not has_names)


def _check_shape(frame: pd.DataFrame, path: Path) -> None:
    refuse_repeated_names(map(str, frame.columns), path.name)
    if frame.empty:
        raise TableError(f"{path.name!r} has column names but no rows.")
