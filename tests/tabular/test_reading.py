"""Reading: what a user gets right is read without loss, what goes wrong is told clearly."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tabular.errors import TableError
from tabular.reading import read_table

WriteText = Callable[[str], Path]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(write_csv: WriteText, delimiter: str) -> None:
    lines = ["a b,c,d", "1,x y,2.5", "3,z,4"]

    frame = read_table(write_csv("\n".join(lines).replace(",", delimiter)))

    assert list(frame.columns) == ["a b", "c", "d"]
    assert frame["d"].tolist() == [2.5, 4.0]


def test_quoted_delimiters_and_line_breaks_are_kept(write_csv: WriteText) -> None:
    frame = read_table(write_csv('a,b\n"1;2;3,4","x\ny"\n"5",z\n'))

    assert frame["a"].tolist() == ["1;2;3,4", "5"]
    assert frame["b"].tolist() == ["x\ny", "z"]


def test_numbers_are_numbers_unless_digits_would_be_lost(write_csv: WriteText) -> None:
    long = "12345678901234567890"
    text = f"zip,long,whole,real,gap\n007,{long},1,1.5,\n123,{long},2,-2e3,4\n"

    frame = read_table(write_csv(text))

    assert frame["zip"].tolist() == ["007", "123"]
    assert frame["long"].tolist() == [long, long]
    assert frame["whole"].dtype == "int64"
    assert frame["real"].tolist() == [1.5, -2000.0]
    assert frame["gap"].isna().tolist() == [True, False]


def test_missing_values_are_known_in_many_spellings(write_csv: WriteText) -> None:
    frame = read_table(write_csv("a,b\nNA,?\n1,x\n-,none\n"))

    assert frame["a"].isna().tolist() == [True, False, True]
    assert frame["b"].isna().tolist() == [True, False, False]
    assert frame["b"].dtype == "str"


def test_column_names_stay_as_they_are(write_csv: WriteText) -> None:
    frame = read_table(write_csv(",%1, b\n1,2,3\n"))

    assert list(frame.columns) == ["Unnamed: 0", "%1", " b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings_are_understood(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("größe,ort\n1,Köln\n".encode(encoding))

    frame = read_table(path)

    assert frame.to_dict("list") == {"größe": [1], "ort": ["Köln"]}


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))

    assert read_table(path).to_dict("list") == {"a": [1], "b": [2]}


@pytest.mark.parametrize("name", ["table.parquet", "table.feather", "table.bin"])
def test_arrow_files_are_known_by_content(
    tmp_path: Path, customers: pd.DataFrame, name: str
) -> None:
    path = tmp_path / name
    if name.endswith("feather"):
        customers.to_feather(path)
    else:
        customers.to_parquet(path)

    expected = customers.astype({"never": "str"})
    pd.testing.assert_frame_equal(read_table(path), expected)


def test_nested_values_of_parquet_become_text(tmp_path: Path) -> None:
    path = tmp_path / "nested.parquet"
    pd.DataFrame({"a": [[1, 2], [3]], "b": [{"x": 1}, None]}).to_parquet(path)

    frame = read_table(path)

    assert [str(dtype) for dtype in frame.dtypes] == ["str", "str"]
    assert frame["b"].isna().tolist() == [False, True]


BAD_TABLES = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "header only": (b"a,b\n", "no rows"),
    "short row": (b"a,b,c\n1,2,3\n4,5\n", "row #3 has 2 values"),
    "long row": (b"a,b\n1,2\n3,4,5\n", "row #3 has 3 values"),
    "twice": (b"a,b,a\n1,2,3\n", "more than one column called 'a'"),
    "zeros": (b"\x00\x01\x02\x03" * 50, "neither text nor Parquet"),
    "junk": (bytes(range(1, 256)) * 9, "neither text nor Parquet"),
    "torn gzip": (gzip.compress(b"a,b\n1,2\n" * 99)[:-9], "damaged gzip"),
    "torn parquet": (b"PAR1 and then nothing", "damaged Parquet"),
    "torn feather": (b"ARROW1 and then nothing", "damaged Feather"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_table_is_refused_in_one_line(tmp_path: Path, case: str) -> None:
    content, complaint = BAD_TABLES[case]
    path = tmp_path / "bad.csv"
    path.write_bytes(content)

    with pytest.raises(TableError, match=complaint) as caught:
        read_table(path)

    assert "\n" not in str(caught.value)
    assert "bad.csv" in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no table at"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path)
