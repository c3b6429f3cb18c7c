"""Reads a table for prediction, with pandas alone."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pandas as pd

from exported.written_numbers import as_numbers, find_decimal
from tabular.dialect import decode, sniff
from tabular.errors import TableError
from tabular.missing_words import MISSING
from tabular.typed_columns import is_text

_PARQUET = b"PAR1"
_ARROW = b"ARROW1"
_GZIP = b"\x1f\x8b"


def read_table(path: Path, schema: Any) -> pd.DataFrame:  # noqa: ANN401 - read from JSON
    """Read a CSV file, or a Parquet or Feather file where pyarrow is installed.

    Args:
        path: The file; its content decides on the format.
        schema: How the columns are understood.

    Raises:
        TableError: There is no such file, or it is no table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    try:
        table = _read(content, path, schema)
    except ImportError as error:
        raise TableError(f"{path.name!r} needs pyarrow; install it") from error
    except (ValueError, csv.Error) as error:
        raise TableError(f"{path.name!r} cannot be read as a table: {error}") from error
    if table.empty:
        raise TableError(f"{path.name!r} has column names but no rows.")
    return table


def _read(content: bytes, path: Path, schema: Any) -> pd.DataFrame:  # noqa: ANN401
    if content.startswith(_PARQUET):
        return _without_index(pd.read_parquet(path))
    if content.startswith(_ARROW):
        return _without_index(pd.read_feather(path))
    return _with_numbers(_read_text(content, path.name), schema)


def _without_index(table: pd.DataFrame) -> pd.DataFrame:
    """A stored index is a column like any other if it has a name or holds times."""
    is_time = isinstance(table.index, pd.DatetimeIndex)
    is_dropped = None in table.index.names and not is_time
    return table.reset_index(drop=is_dropped).rename(columns=str)


def _read_text(content: bytes, file: str) -> pd.DataFrame:
    """Every value as it is written, but for those that stand for a missing one."""
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    dialect, text = sniff(decode(content, file))
    header, *rows = [row for row in dialect.reader(text) if row] or [[]]
    names = [name or f"Unnamed: {number}" for number, name in enumerate(header)]
    if len(set(names)) < len(names):
        raise TableError("two columns have the same name; rename one")
    if ragged := [row for row in rows if len(row) != len(names)]:
        raise TableError(
            f"a row of {file!r} has {len(ragged[0])} values where the header names "
            f"{len(names)}; mend it"
        )
    table = pd.DataFrame(rows, columns=names, dtype="str")
    columns = {name: table[name].str.strip() for name in table.columns}
    return pd.DataFrame({n: c.mask(c.isin(MISSING)) for n, c in columns.items()})


def _with_numbers(table: pd.DataFrame, schema: Any) -> pd.DataFrame:  # noqa: ANN401
    decimal = find_decimal((table[name] for name in table.columns), schema.decimal)
    for column in schema.columns:
        if column.name in table.columns and not is_text(column):
            table[column.name] = as_numbers(table[column.name], decimal)
    return table
