"""Tables as an exported folder reads them, with pandas alone."""

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import pandas as pd
import pytest

from exported.reading import read_table
from schemas.table import USABLE_KINDS, ColumnKind, ColumnSchema, TableSchema
from tabular.errors import TableError
from tabular.reading import read_table as read_run_table
from tabular.typed_columns import text_columns

WORDS = ("007", "1.10", "north")
NUMBERS = ("1", "2.5")


def schema(decimal: str = ".", /, **kinds: str) -> SimpleNamespace:
    columns = [
        SimpleNamespace(name=name, kind=kind, levels=WORDS, format=None)
        for name, kind in kinds.items()
    ]
    return SimpleNamespace(columns=columns, decimal=decimal)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_values_stay_as_written_and_amounts_become_numbers(path: Path) -> None:
    path.write_text('zip,amount,note\n007,"1,234.5",a\n010,?,"two\nlines"\n')

    table = read_table(path, schema(zip="category", amount="numeric", note="text"))

    assert table["zip"].tolist() == ["007", "010"]
    assert table["amount"].tolist()[0] == 1234.5
    assert table["amount"].isna().tolist() == [False, True]
    assert table["note"].tolist() == ["a", "two\nlines"]


def test_hashes_keep_all_digits(path: Path) -> None:
    hashes = ("3000000000000000001", "6000000000000000002")
    learned = schema(user="category")
    learned.columns[0].levels = hashes
    path.write_text(f"user,n\n{hashes[0]},1\n,2\n{hashes[1]},3\n")

    table = read_table(path, learned)

    assert table["user"].dropna().tolist() == list(hashes)


def test_a_decimal_comma_is_read_as_the_run_read_it(path: Path) -> None:
    path.write_text("amount;shop\n€ 1.234,5;north\n€ 2;south\n")

    table = read_table(path, schema(",", amount="numeric", shop="category"))

    assert table["amount"].tolist() == [1234.5, 2.0]


WRITTEN = {
    "points": "a,b\n0.126,1\n-13.5,2\n",
    "commas": "a;b\n0,126;1\n-13,5;2\n",
    "either way": "a;b\n1.234;1\n2.345;2\n",
    "both kinds of columns": "a;b\n0,5;1.5\n1,5;2.5\n",
    "thousands": 'a,b\n"1,234.5",1\n12,2\n',
    "signs": "a,b\n$3.5,1%\n$4,2%\n",
    "indian groups": 'a,b\n"12,34,567",1\n"1,23,456.5",2\n',
    "more missing words": "a,b\n1,n.d.\n#DIV/0!,2\n",
    "signs on some": "a,b\n$3.5,1\n4,2\n",
    "missing": "a,b\n-,1\n0.5,None\n",
    "single quotes": "'a','b'\n'1,5','2'\n'2,5','3'\n",
    "blanks before quotes": 'a,b\n1, "1,234.5"\n2, "7"\n',
    "announced": "sep=|\na|b\n1.5|2\n",
    "exponents": "a,b\n1e-3,.5\n2E4,5.\n",
}


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("name", WRITTEN)
def test_numbers_are_read_as_the_run_reads_them(
    name: str, decimal: Literal[".", ","], path: Path
) -> None:
    """Whatever the table was written like that the run learned from."""
    path.write_text(WRITTEN[name])

    ours = read_table(path, schema(decimal, a="numeric", b="numeric"))
    theirs = read_run_table(path, None, decimal)

    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


@pytest.mark.parametrize("levels", [WORDS, NUMBERS])
@pytest.mark.parametrize("kind", sorted(USABLE_KINDS))
def test_columns_are_text_where_they_are_for_the_run(
    path: Path, kind: ColumnKind, levels: tuple[str, ...]
) -> None:
    path.write_text("a|b\n1,000|1.10\n2|10%\n")
    column = ColumnSchema(name="a", kind=kind, levels=levels)
    known = TableSchema(columns=(column,))

    ours = read_table(path, known)
    theirs = read_run_table(path, None, ".", text_columns(known))

    pd.testing.assert_series_equal(ours["a"], theirs["a"], check_dtype=False)


def test_the_header_may_hold_delimiters_and_line_breaks(path: Path) -> None:
    path.write_text('"a,\nb,c,d";"x|y"\n1;2\n', encoding="utf-16")

    table = read_table(path, schema(**{"a,\nb,c,d": "numeric"}))

    assert list(table.columns) == ["a,\nb,c,d", "x|y"]
    assert table["a,\nb,c,d"].tolist() == [1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_told_from_the_header(path: Path, delimiter: str) -> None:
    path.write_text(f"a{delimiter}b\n1{delimiter}2\n")

    table = read_table(path, schema(a="numeric", b="numeric"))

    assert table.to_dict("list") == {"a": [1], "b": [2]}


def test_packed_and_old_files_are_read(path: Path) -> None:
    path.write_bytes(gzip.compress("name\nMüller\n".encode("cp1252")))

    assert read_table(path, schema(name="text"))["name"].tolist() == ["Müller"]


def test_parquet_is_read(path: Path) -> None:
    pd.DataFrame({"a": [1, 2]}).to_parquet(path)

    assert read_table(path, schema(a="numeric"))["a"].tolist() == [1, 2]


def test_parquet_without_rows_is_refused(path: Path) -> None:
    pd.DataFrame({"a": [1]}).head(0).to_parquet(path)

    with pytest.raises(TableError, match="no rows"):
        read_table(path, schema(a="numeric"))


def test_a_stored_index_with_a_name_is_a_column(path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index([7, 9], name="b"))
    frame.to_parquet(path)

    assert read_table(path, schema(a="numeric"))["b"].tolist() == [7, 9]


def test_a_stored_index_of_times_is_a_column(path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=2)
    pd.DataFrame({"a": [1, 2]}, index=days).to_parquet(path)

    ours = read_table(path, schema(a="numeric"))

    pd.testing.assert_frame_equal(ours, read_run_table(path), check_dtype=False)
    assert ours["index"].tolist() == list(days)


def test_durations_in_words_stay_for_the_schema_to_read(path: Path) -> None:
    path.write_text("took\n1:30:00\n2:00:00\n")

    assert read_table(path, schema(took="duration"))["took"].tolist() == [
        "1:30:00",
        "2:00:00",
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("a,b\n", "no rows"),
        ("", "no rows"),
        (None, "cannot be read"),
        ("a,b\n1,2\n3\n", "has 1 values where the header names 2"),
    ],
)
def test_what_is_no_table_is_told(
    path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        path.write_text(content)

    with pytest.raises(TableError, match=complaint):
        read_table(path, schema(a="numeric"))
