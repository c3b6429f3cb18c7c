"""Tables as an exported folder reads them, with pandas alone."""

import gzip
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from exported.reading import read_table
from tabular.errors import TableError


def schema(decimal: str = ".", **kinds: str) -> SimpleNamespace:
    columns = [SimpleNamespace(name=name, kind=kind) for name, kind in kinds.items()]
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


def test_a_decimal_comma_is_read_as_the_run_read_it(path: Path) -> None:
    path.write_text("amount;shop\n1.234,5;north\n€ 2;south\n")

    table = read_table(path, schema(",", amount="numeric", shop="category"))

    assert table["amount"].tolist() == [1234.5, 2.0]


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


def test_durations_in_words_stay_for_the_schema_to_read(path: Path) -> None:
    path.write_text("took\n1:30:00\n2:00:00\n")

    assert read_table(path, schema(took="duration"))["took"].tolist() == [
        "1:30:00",
        "2:00:00",
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("a,b\n", "no rows"), ("", "no rows"), (None, "cannot be read")],
)
def test_what_is_no_table_is_told(
    path: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        path.write_text(content)

    with pytest.raises(TableError, match=complaint):
        read_table(path, schema(a="numeric"))
