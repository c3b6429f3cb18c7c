"""Numbers are read as they were meant, and text that only looks like them stays text."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular.written_numbers import Decimal, find_decimal, typed


def read(values: list[str], decimal: Decimal = ".") -> list[object]:
    return list(typed(pa.array(values, pa.string()), decimal).to_pylist())


@pytest.mark.parametrize(
    ("values", "decimal", "numbers"),
    [
        (["1", " 2 ", "-3"], ".", [1, 2, -3]),
        (["1.5", "-2e3", ".5"], ".", [1.5, -2000.0, 0.5]),
        (["1,5", "12", "-0,25"], ",", [1.5, 12.0, -0.25]),
        (["1,234", "12", "1,234,567.5"], ".", [1234.0, 12.0, 1234567.5]),
        (["1.234", "12", "1.234.567,5"], ",", [1234.0, 12.0, 1234567.5]),
        (["1 234", "2 345 678"], ".", [1234, 2345678]),
        (["1'234.5", "10"], ".", [1234.5, 10.0]),
        (["1\u00a0234,5"], ",", [1234.5]),
        (["1.5", "2.25"], ",", [1.5, 2.25]),
        (["$1,234.50", "$2"], ".", [1234.5, 2.0]),
        (["-5 €", "7,5 €"], ",", [-5.0, 7.5]),
        (["12%", "7.5%", ""], ".", [12.0, 7.5, None]),
        (["12,34,567", "1,23,456.5", "99"], ".", [1_234_567.0, 123_456.5, 99.0]),
        (["₽1,234", "₽2"], ".", [1234, 2]),
        (["1", "\\N", "(null)", "NAN"], ".", [1, None, None, None]),
        (["1", "N.A.", "n.d.", "#DIV/0!"], ".", [1, None, None, None]),
        (["1", "-", "NA", "None"], ".", [1, None, None, None]),
    ],
)
def test_numbers_are_read(
    values: list[str], decimal: Decimal, numbers: list[object]
) -> None:
    assert read(values, decimal) == numbers


@pytest.mark.parametrize(
    "values",
    [
        ["007", "123"],
        ["1.2.3", "1.2"],
        ["12,34,5", "1"],
        ["$1", "2 €"],
        ["12345678901234567890", "1"],
        ["1,2", "x"],
        ["12%", "12"],
        ["%", "%"],
    ],
)
def test_other_text_stays_text(values: list[str]) -> None:
    assert read(values) == values


@pytest.mark.parametrize(
    ("columns", "default", "decimal"),
    [
        ([["1,5", "2"]], ".", ","),
        ([["1.5", "2"]], ",", "."),
        ([["1,234"]], ".", "."),
        ([["1,234"]], ",", ","),
        ([["1.234"]], ",", ","),
        ([["1,234"], ["2,5"]], ".", ","),
        ([["1,234"], ["2.5"]], ",", "."),
        ([["a, b", "c"], ["1", "2"]], ".", "."),
        ([["1.5"], ["2,5"]], ".", ","),
    ],
)
def test_the_decimal_mark_is_found(
    columns: list[list[str]], default: Decimal, decimal: Decimal
) -> None:
    arrays = [pa.array(column, pa.string()) for column in columns]

    assert find_decimal(arrays, default) == decimal


@given(st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)), min_size=1))
def test_grouped_numbers_are_read_back(numbers: list[float]) -> None:
    english = [f"{number:,.2f}" for number in numbers]
    swap = str.maketrans(",.", ".,")
    german = [text.translate(swap) for text in english]

    assert read(english, ".") == numbers
    assert read(german, ",") == numbers
