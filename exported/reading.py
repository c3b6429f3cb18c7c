"""Reads a table for prediction, with pandas alone."""

import csv
import gzip
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from tabular.errors import TableError
from tabular.missing_words import MISSING, MISSING_AMONG_NUMBERS

_PARQUET = b"PAR1"
_ARROW = b"ARROW1"
_GZIP = b"\x1f\x8b"
_DELIMITERS = ",;\t|"
_AMOUNTS = frozenset({"numeric", "duration"})
_SIGNS = "[$€£¥%\\s'\u2019\u00a0\u202f]"


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
        if content.startswith(_PARQUET):
            return pd.read_parquet(path)
        if content.startswith(_ARROW):
            return pd.read_feather(path)
        table = _read_csv(content)
    except ImportError as error:
        raise TableError(f"{path.name!r} needs pyarrow; install it") from error
    except (ValueError, csv.Error) as error:
        raise TableError(f"{path.name!r} cannot be read as a table: {error}") from error
    if table.empty:
        raise TableError(f"{path.name!r} has column names but no rows.")
    return _with_amounts(table, schema)


def _read_csv(content: bytes) -> pd.DataFrame:
    """Every value as it is written, but for those that stand for a missing one."""
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    lines = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    header, *rows = [line for line in lines if line] or [[]]
    rows = [(row + [""] * len(header))[: len(header)] for row in rows]
    if len(set(header)) < len(header):
        raise TableError("two columns have the same name; rename one")
    table = pd.DataFrame(rows, columns=header, dtype="str")
    columns = {name: table[name].str.strip() for name in table.columns}
    return pd.DataFrame({n: c.mask(c.isin(MISSING)) for n, c in columns.items()})


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(_DELIMITERS, key=head.count)


def _with_amounts(table: pd.DataFrame, schema: Any) -> pd.DataFrame:  # noqa: ANN401
    for column in schema.columns:
        if column.kind in _AMOUNTS and column.name in table.columns:
            table[column.name] = _amounts(table[column.name], schema.decimal)
    return table


def _amounts(column: pd.Series, decimal: str) -> pd.Series:
    """Numbers where all values are some; other columns stay as they are written."""
    column = column.mask(column.isin(MISSING_AMONG_NUMBERS))
    plain = column.str.replace(_SIGNS, "", regex=True)
    plain = plain.str.replace("." if decimal == "," else ",", "", regex=False)
    numbers = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce")
    is_lost = numbers.isna() & column.notna()
    return column if is_lost.all() or is_lost.any() else numbers
