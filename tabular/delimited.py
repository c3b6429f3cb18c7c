"""Parse delimited text (CSV and its relatives) strictly, losing no information."""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Container, Iterable
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv

from tabular.dialect import Dialect, decode, lines_of, sniff
from tabular.errors import TableError
from tabular.written_numbers import Decimal, find_decimal, texts, typed

_LARGEST_BLOCK_BYTES = 2**30


class Delimited(NamedTuple):
    """What delimited text holds.

    Attributes:
        table: Columns of int64, double or string, with nulls where values are missing.
        decimal: What stands between whole and fraction in its numbers.
        verbatim: The values of one column as they are written, if one was named.
    """

    table: pa.Table
    decimal: Decimal
    verbatim: pa.Array | None = None


def parse_delimited(
    content: bytes,
    file: str,
    decimal: Decimal | None = None,
    *,
    verbatim_column: str | None = None,
    text_columns: Container[str] = (),
) -> Delimited:
    """Parse delimited text with a header line.

    Args:
        content: The whole file.
        file: Its name, for messages.
        decimal: What to take for numbers that could be read both ways (`1,234`); by
            default a comma if values are delimited by semicolons.
        verbatim_column: A column to return once more as it is written, if the table has it.
        text_columns: Columns that stay text even if every value is a number.

    Returns:
        The table; white space around values is removed.

    Raises:
        TableError: If it is no text, or a row has more or fewer values than the header.
    """
    dialect, text = sniff(decode(content, file))
    table = _parse_strings(text, dialect, file)
    names = [name or f"Unnamed: {i}" for i, name in enumerate(table.column_names)]
    refuse_repeated_names(names, file)
    columns = [column.combine_chunks() for column in table.columns]
    usual: Decimal = "," if dialect.delimiter == ";" else "."
    found = find_decimal(columns, decimal or usual)
    typed_columns = [
        texts(column) if name in text_columns else typed(column, found)
        for name, column in zip(names, columns, strict=True)
    ]
    verbatim = None
    if verbatim_column in names:
        verbatim = columns[names.index(verbatim_column)]
    return Delimited(pa.Table.from_arrays(typed_columns, names=names), found, verbatim)


def _parse_strings(text: str, dialect: Dialect, file: str) -> pa.Table:
    """Every value as text; Arrow's parser, unlike others, refuses short rows too."""
    header, end = _header(text, dialect, file)
    names = [str(i) for i in range(len(header))]
    body = text[end:].encode()
    if not body.strip():
        raise TableError(f"{file!r} has column names but no rows.")
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            # One thread, because only then errors carry the row's number.
            pyarrow.csv.ReadOptions(
                use_threads=False,
                column_names=names,
                block_size=min(len(body) + 1, _LARGEST_BLOCK_BYTES),
            ),
            pyarrow.csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote,
                double_quote=dialect.escape is None,
                escape_char=dialect.escape or False,
                newlines_in_values=True,
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise TableError(_explain(error, file)) from error
    return table.rename_columns(header)


class _Header(NamedTuple):
    """The column names, and the end of the lines that they take."""

    names: list[str]
    end: int


def _header(text: str, dialect: Dialect, file: str) -> _Header:
    reader = dialect.reader(text)
    try:
        names = next(row for row in reader if row)
    except csv.Error as error:
        raise TableError(
            f"{file!r} cannot be read as a table: {error} in its first line."
        ) from error
    lines = itertools.islice(lines_of(text), reader.line_num)
    return _Header(names, sum(map(len, lines)))


def _explain(error: pa.ArrowInvalid, file: str) -> str:
    text = " ".join(str(error).split())
    place = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", text)
    if place is None:
        return f"{file!r} cannot be read as a table: {text[:200]}"
    row, wanted, found = map(int, place.groups())
    # Arrow does not count the header, which it never saw.
    return (
        f"{file!r}: row #{row + 1} has {found} values where the header names {wanted}; "
        "mend that row (quote values that hold the delimiter)."
    )


def refuse_repeated_names(names: Iterable[str], file: str) -> None:
    """Raise a `TableError` if two columns share a name."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TableError(
            f"{file!r} has more than one column called {twice[0]!r}; rename them."
        )
