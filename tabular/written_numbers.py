"""Numbers as people write them: decimal comma, grouped thousands, currency and percent."""

from collections.abc import Iterable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from tabular.missing_words import MISSING, MISSING_AMONG_NUMBERS
from tabular.number_patterns import GROUPED, GROUPS, NUMBER, SYMBOLS, sign_pattern

Decimal = Literal[".", ","]

_EXACT_INTEGER_LIMIT = 2**53
_HEAD_ROWS = 1000
_LEADING_ZERO = r"^[+-]?0[0-9]"


def find_decimal(columns: Iterable[pa.Array], default: Decimal) -> Decimal:
    """Find out what stands between whole and fraction in the numbers of a table.

    Args:
        columns: Columns of text.
        default: What to take if every number could be read both ways, like `1,234`.
    """
    votes = {vote for column in columns if (vote := _vote(column)) is not None}
    # Under a decimal comma, columns that are only written with a point still are numbers.
    if "," in votes:
        return ","
    return "." if "." in votes else default


def _vote(column: pa.Array) -> Decimal | None:
    """The only way to read a column of numbers with points or commas, if there is one."""
    values = _bare(_trimmed(column))
    marked = values.filter(pc.match_substring_regex(values, "[.,]"))
    if not len(marked):
        return None
    point, comma = (_are_numbers(values, decimal) for decimal in (".", ","))
    if point == comma:
        return None
    return "." if point else ","


def _trimmed(column: pa.Array) -> pa.Array:
    values = with_nulls(pc.utf8_trim_whitespace(column), MISSING_AMONG_NUMBERS)
    return values.drop_null()


def typed(values: pa.Array, decimal: Decimal) -> pa.Array:
    """Numbers where every value is one and none would lose digits, else text.

    Args:
        values: Text.
        decimal: What stands between whole and fraction.

    Returns:
        int64, double or string, with nulls where values are missing.
    """
    values = pc.utf8_trim_whitespace(values)
    numbers = _bare(with_nulls(values, MISSING_AMONG_NUMBERS))
    if numbers.null_count < len(numbers):
        for style in dict.fromkeys((decimal, ".")):
            if _are_numbers(numbers, style):
                found = _numbers(_plain(numbers, style))
                if found is not None:
                    return found
    return texts(values)


def texts(values: pa.Array) -> pa.Array:
    """Text without white space around it, with nulls where values are missing."""
    return with_nulls(pc.utf8_trim_whitespace(values), MISSING)


def with_nulls(values: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    """Put nulls in place of the words that stand for missing values."""
    is_missing = pc.is_in(values, value_set=pa.array(missing))
    return pc.if_else(is_missing, pa.scalar(None, pa.string()), values)


def _bare(values: pa.Array) -> pa.Array:
    """Take away a currency or percent sign that every value carries."""
    first = next((value.as_py() for value in values if value.is_valid), "")
    symbols = set(first) & set(SYMBOLS)
    if len(symbols) != 1:
        return values
    pattern = sign_pattern(symbols.pop())
    if not _all_match(values, pattern):
        return values
    return pc.replace_substring_regex(values, pattern, r"\1")


def _are_numbers(values: pa.Array, decimal: str) -> bool:
    either = f"{NUMBER[decimal]}|{GROUPED[decimal]}"
    return _all_match(values, either)


def _all_match(values: pa.Array, pattern: str) -> bool:
    # The first values decide for nearly every column of text, without a full scan.
    head = values.slice(0, _HEAD_ROWS)
    return all(
        pc.all(pc.match_substring_regex(part, pattern)).as_py() is not False
        for part in (head, values)
    )


def _plain(values: pa.Array, decimal: str) -> pa.Array:
    """Bring numbers of a style into digits with a decimal point."""
    if _all_match(values, NUMBER["."]) and decimal == ".":
        return values
    values = pc.replace_substring_regex(values, GROUPS[decimal], "")
    return pc.replace_substring(values, ",", ".") if decimal == "," else values


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
