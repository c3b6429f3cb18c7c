"""Parse delimited text (CSV and its relatives) strictly, losing no information."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from tabular.errors import TableError

DELIMITERS = (",", ";", "\t", "|")
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "<NA>", "#N/A", "?")
"""What stands for a missing value in any column."""

MISSING_AMONG_NUMBERS = (*MISSING, "None", "none", "-", "--", ".", "inf", "-inf")
"""What else does in a column that holds nothing but numbers otherwise."""

_EXACT_INTEGER_LIMIT = 2**53
_SNIFFED_LINES = 50
_LEADING_ZERO = r"^[+-]?0[0-9]"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


def parse_delimited(content: bytes, file: str) -> pa.Table:
    """Parse delimited text with a header line.

    Args:
        content: The whole file.
        file: Its name, for messages.

    Returns:
        Columns of int64, double or string, with nulls where values are missing.
        White space around values is removed.

    Raises:
        TableError: If it is no text, or a row has more or fewer values than the header.
    """
    text = _decode(content, file)
    table = _parse_strings(text, _sniff_delimiter(text), file)
    names = [name or f"Unnamed: {i}" for i, name in enumerate(table.column_names)]
    refuse_repeated_names(names, file)
    columns = [_typed(column.combine_chunks()) for column in table.columns]
    return pa.Table.from_arrays(columns, names=names)


def _decode(content: bytes, file: str) -> str:
    if b"\0" in content[:65536]:
        raise TableError(
            f"{file!r} is neither text nor Parquet nor Feather; "
            "save the table as CSV or Parquet."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_latin(content, file)


def _decode_latin(content: bytes, file: str) -> str:
    """Any bytes are Latin-1, so control characters tell text from binary content."""
    text = content.decode("latin-1")
    sample = text[:65536]
    controls = sum(
        character < " " and character not in "\t\r\n" for character in sample
    )
    if controls > len(sample) / 1000:
        raise TableError(
            f"{file!r} is neither text nor Parquet nor Feather; "
            "save the table as CSV or Parquet."
        )
    return text


def _sniff_delimiter(text: str) -> str:
    """The delimiter that splits the header and most of the first lines alike."""
    lines = list(itertools.islice(_lines(text), _SNIFFED_LINES))
    return max(DELIMITERS, key=lambda delimiter: _agreement(lines, delimiter))


def _lines(text: str) -> Iterable[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start : end + 1]
        start = end + 1


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Share of rows as wide as the header, and its width; (0, 0) if not split."""
    rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    width = len(rows[0]) if rows else 0
    if width < 2:  # noqa: PLR2004 - a delimiter that splits nothing is none
        return 0.0, 0
    return sum(len(row) == width for row in rows) / len(rows), width


def _parse_strings(text: str, delimiter: str, file: str) -> pa.Table:
    """Every value as text; Arrow's parser, unlike others, refuses short rows too."""
    header = next(csv.reader(_lines(text), delimiter=delimiter))
    names = [str(i) for i in range(len(header))]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text.encode()),
            # One thread, because only then errors carry the row's number.
            pyarrow.csv.ReadOptions(
                use_threads=False, column_names=names, skip_rows_after_names=1
            ),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise TableError(_explain(error, file)) from error
    return table.rename_columns(header)


def _explain(error: pa.ArrowInvalid, file: str) -> str:
    text = " ".join(str(error).split())
    if "Expected" in text:
        place = text.removeprefix("CSV parse error: ").split(" columns, got ")
        row, _, wanted = place[0].partition(": Expected ")
        found = place[1].split(":")[0]
        return (
            f"{file!r}: {row.lower()} has {found} values where the header names "
            f"{wanted}; mend that row (quote values that hold the delimiter)."
        )
    return f"{file!r} cannot be read as a table: {text[:200]}"


def refuse_repeated_names(names: Iterable[str], file: str) -> None:
    """Raise a `TableError` if two columns share a name."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TableError(
            f"{file!r} has more than one column called {twice[0]!r}; rename them."
        )


def _typed(values: pa.Array) -> pa.Array:
    """Numbers where every value is one and none would lose digits, else text."""
    values = pc.utf8_trim_whitespace(values)
    numbers = _with_nulls(values, MISSING_AMONG_NUMBERS)
    if numbers.null_count < len(numbers) and _all_match(numbers, _NUMBER):
        typed = _numbers(numbers)
        if typed is not None:
            return typed
    return _with_nulls(values, MISSING)


def _with_nulls(values: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    is_missing = pc.is_in(values, value_set=pa.array(missing))
    return pc.if_else(is_missing, pa.scalar(None, pa.string()), values)


def _all_match(values: pa.Array, pattern: str) -> bool:
    # The first values decide for nearly every column of text, without a full scan.
    head = values.slice(0, 1000)
    return all(
        pc.all(pc.match_substring_regex(part, pattern)).as_py() is not False
        for part in (head, values)
    )


def _numbers(values: pa.Array) -> pa.Array | None:
    if pc.any(pc.match_substring_regex(values, _LEADING_ZERO)).as_py():
        return None
    try:
        whole = pc.cast(values, pa.int64())
    except pa.ArrowInvalid:
        return _floats(values)
    largest = max(map(abs, pc.min_max(whole).as_py().values()))
    if whole.null_count == 0 or largest <= _EXACT_INTEGER_LIMIT:
        return whole
    return None


def _floats(values: pa.Array) -> pa.Array | None:
    """Identifiers longer than any integer stay text: floats would round them."""
    if pc.any(pc.match_substring_regex(values, r"^[+-]?[0-9]{16,}$")).as_py():
        return None
    return pc.cast(values, pa.float64())
