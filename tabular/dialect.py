"""How a text file is written: its encoding, delimiter, quotes and escapes."""

import codecs
import contextlib
import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tabular.errors import TableError

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t", "|")

_SNIFFED_LINES = 50
_SAMPLE_CHARACTERS = 65_536
_MOST_CONTROLS = 1 / 1000
_MARKS = (
    # The mark of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_ANNOUNCED = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the values of a row are told apart.

    Attributes:
        delimiter: What stands between values.
        quote: What stands around values that hold the delimiter.
        escape: What stands before a quote inside quotes, None if it is doubled.
    """

    delimiter: str
    quote: str = '"'
    escape: str | None = None

    def reader(self, text: str, *, is_strict: bool = False) -> "Reader":
        """Split text row by row; blank lines give empty rows.

        Args:
            text: All lines.
            is_strict: Whether a quote in the wrong place raises `csv.Error`.
        """
        return csv.reader(
            lines_of(text),
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=is_strict,
        )


def decode(content: bytes, file: str) -> str:
    """Turn the bytes of a file into text with plain line ends.

    A byte-order mark decides; without one the text is UTF-8, or UTF-16 if every other byte
    is zero, or Windows-1252.

    Args:
        content: The whole file.
        file: Its name, for messages.

    Raises:
        TableError: If it is no text.
    """
    found = next(_decodings(content), None)
    if found is None or _is_binary(found):
        raise TableError(
            f"{file!r} is neither text nor Parquet, Feather or Excel; "
            "save the table as CSV or Parquet."
        )
    # Only files of very old programs have no line feed at all.
    text = found.text
    return text if "\n" in text else text.replace("\r", "\n")


class _Decoded(NamedTuple):
    text: str
    encoding: str


def _decodings(content: bytes) -> Iterator[_Decoded]:
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    for encoding in marked[:1] or [*_wide(content), "utf-8", "cp1252", "latin-1"]:
        try:
            yield _Decoded(content.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue


def _wide(content: bytes) -> Iterator[str]:
    """UTF-16 without a mark: in most scripts one half of each pair is zero."""
    sample = content[:_SAMPLE_CHARACTERS]
    half = len(sample) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[first::2].count(0) > half / 2 and not sample[1 - first :: 2].count(0):
            yield encoding


def _is_binary(found: _Decoded) -> bool:
    """Valid UTF-8 is no accident; in other encodings control characters tell."""
    sample = found.text[:_SAMPLE_CHARACTERS]
    if found.encoding.startswith("utf-8"):
        return "\0" in sample
    return len(_CONTROLS.findall(sample)) > len(sample) * _MOST_CONTROLS


def sniff(text: str) -> tuple[Dialect, str]:
    """Find the dialect of a text.

    Returns:
        The dialect, and the text without a first line like `sep=;`, and without blanks
        between a delimiter and a quote.
    """
    announced = _ANNOUNCED.match(text)
    if announced:
        text = text[announced.end() :]
    sample = list(itertools.islice(lines_of(text), _SNIFFED_LINES))
    quote = _quote(sample)
    delimiters = announced.group(1) if announced else DELIMITERS
    dialects = [_with_escape(sample, Dialect(mark, quote)) for mark in delimiters]
    head = "".join(sample)
    best = max(dialects, key=lambda each: _agreement([_closed_up(head, each)], each))
    return best, _closed_up(text, best)


def lines_of(text: str) -> Iterator[str]:
    """Each line with its end; cheap if only the first few are asked for."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start : end + 1]
        start = end + 1


def _quote(sample: list[str]) -> str:
    """Single quotes if most lines have values in them, and none in double ones."""
    double = re.compile(r'(^|[,;\t|])"')
    if any(double.search(line) for line in sample):
        return '"'
    single = re.compile(r"(^|[,;\t|]) *'[^']*'([,;\t|\r\n]|$)")
    count = sum(single.search(line) is not None for line in sample)
    return "'" if count > len(sample) / 2 else '"'


def _with_escape(lines: list[str], dialect: Dialect) -> Dialect:
    r"""A backslash before a quote may escape it, or end a value like `C:\data\`."""
    if not any("\\" + dialect.quote in line for line in lines):
        return dialect
    return max(
        (replace(dialect, escape="\\"), dialect),
        key=lambda either: (_agreement(lines, either), _clean_rows(lines, either)),
    )


def _closed_up(text: str, dialect: Dialect) -> str:
    """Take away blanks before quoted values (`1, "a, b"`), where parsers expect a quote."""
    delimiter, quote = re.escape(dialect.delimiter), dialect.quote
    if f" {quote}" not in text:
        return text
    inside = rf"[^{quote}]|{quote}{quote}"
    if dialect.escape:
        inside = rf"[^{quote}\\]|\\.|{quote}{quote}"
    quoted = (
        rf"(^|{delimiter}) *({quote}(?s:{inside})*+{quote})(?=[ \r]*(?:{delimiter}|$))"
    )
    return re.sub(quoted, r"\1\2", text, flags=re.MULTILINE)


def _clean_rows(lines: list[str], dialect: Dialect) -> int:
    """Rows before the first quote in the wrong place."""
    count = 0
    with contextlib.suppress(csv.Error):
        for _ in dialect.reader("".join(lines), is_strict=True):
            count += 1
    return count


def _agreement(lines: list[str], dialect: Dialect) -> tuple[float, int]:
    """Share of rows as wide as the header, and its width; (0, 0) if not split."""
    try:
        rows = [row for row in dialect.reader("".join(lines)) if row]
    except csv.Error:
        return 0.0, 0
    width = len(rows[0]) if rows else 0
    if width < 2:  # noqa: PLR2004 - a delimiter that splits nothing is none
        return 0.0, 0
    return sum(len(row) == width for row in rows) / len(rows), width
