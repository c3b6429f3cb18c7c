"""Excel: sheets are read like any table, and what is missing or damaged is told."""

import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from tabular.errors import TableError
from tabular.reading import read_table

Rows = list[list[object]]
WriteBook = Callable[..., Path]


@pytest.fixture
def write_book(tmp_path: Path) -> WriteBook:
    """Write sheets to a workbook and return its path."""

    def write(**sheets: Rows) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return write


def test_cells_keep_their_types(write_book: WriteBook) -> None:
    path = write_book(
        first=[
            ["whole", "real", "flag", "word", "day", "took"],
            [1, 1.5, True, "x", date(2024, 3, 1), timedelta(hours=30)],
            [2, None, False, None, datetime(2024, 3, 2, 12), timedelta(hours=1)],  # noqa: DTZ001
        ]
    )

    frame = read_table(path)

    assert [str(dtype) for dtype in frame.dtypes] == [
        "int64",
        "float64",
        "bool",
        "str",
        "datetime64[us]",
        "float64",
    ]
    assert frame["took"].tolist() == [108_000, 3600]


def test_numbers_kept_as_text_and_failed_formulas_are_understood(
    write_book: WriteBook,
) -> None:
    rows: Rows = [["a", "b", "c"], ["1,234", "#DIV/0!", 2.0], ["5", 7, "x"]]

    frame = read_table(write_book(first=rows))

    assert frame["a"].tolist() == [1234, 5]
    assert frame["b"].isna().tolist() == [True, False]
    assert frame["c"].tolist() == ["2", "x"]


def test_times_of_day_are_text_like_any_duration(write_book: WriteBook) -> None:
    rows: Rows = [["at"], [time(1, 30)], [time(12)]]

    assert read_table(write_book(first=rows))["at"].tolist() == ["01:30:00", "12:00:00"]


def test_blank_rows_and_columns_around_the_table_are_passed_over(
    write_book: WriteBook,
) -> None:
    rows: Rows = [[], ["a", None, "c"], [1, 2, 3], [None, None, None], [4, 5]]

    frame = read_table(write_book(first=rows))

    assert list(frame.columns) == ["a", "Unnamed: 1", "c"]
    assert frame["a"].tolist() == [1, 4]


def test_a_sheet_is_chosen_by_name(write_book: WriteBook) -> None:
    path = write_book(one=[["a"], [1]], two=[["a"], [2]])

    assert read_table(path)["a"].tolist() == [1]
    assert read_table(path, "two")["a"].tolist() == [2]
    with pytest.raises(TableError, match="no sheet 'three'; it has 'one', 'two'"):
        read_table(path, "three")


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([], "sheet 'first' is empty"),
        ([["a", "b"]], "no rows"),
        ([["a", "a"], [1, 2]], "more than one column called 'a'"),
    ],
)
def test_a_sheet_without_a_table_is_refused(
    write_book: WriteBook, rows: Rows, complaint: str
) -> None:
    with pytest.raises(TableError, match=complaint):
        read_table(write_book(first=rows))


def test_a_damaged_workbook_is_refused(write_book: WriteBook) -> None:
    path = write_book(first=[["a"], [1]])
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b"<sheetData>", b"<").replace(b"PK\1\2", b"PK\1\3")
    )

    with pytest.raises(TableError, match=r"damaged|archive"):
        read_table(path)


def test_a_missing_reader_is_named_with_the_way_out(
    write_book: WriteBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_book(first=[["a"], [1]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    with pytest.raises(TableError, match=r"pip install 'sage-loop\[excel\]'"):
        read_table(path)


def test_a_column_that_was_text_stays_text(write_book: WriteBook) -> None:
    path = write_book(first=[["a", "b"], ["1.10", "1.10"], ["NA", "2"]])

    frame = read_table(path, text_columns={"a"})

    assert frame["a"].tolist()[0] == "1.10"
    assert frame["a"].isna().tolist() == [False, True]
    assert frame["b"].tolist() == [1.1, 2]
