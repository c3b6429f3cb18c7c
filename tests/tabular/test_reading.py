"""Reading: what a user gets right is read without loss, what goes wrong is told clearly."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from tabular.errors import TableError
from tabular.reading import read_source, read_table

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


@pytest.mark.parametrize("rows", [2, 3, 60])
def test_values_may_end_in_a_backslash(write_csv: WriteText, rows: int) -> None:
    lines = "".join(f'"C:\\data\\{n}\\",{n},x\n' for n in range(rows))

    frame = read_table(write_csv(f"folder,a,b\n{lines}"))

    assert frame["folder"].tolist() == [f"C:\\data\\{n}\\" for n in range(rows)]
    assert frame["a"].tolist() == list(range(rows))


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
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
    "long field": (b'a,b\n"1,2\n' + b"x" * 200_000, "has 1 values|read as a table"),
    "zip": (b"PK\x03\x04 not a workbook", "ZIP archive"),
    "bzip2": (b"BZh91AY", "bzip2 archive"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
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


OUT_OF_RANGE = {
    "days": pa.array([5_000_000, 1], pa.int32()).cast(pa.date32()),
    "seconds": pa.array([2**62, 1]).cast(pa.timestamp("s")),
    "names missing": pa.DictionaryArray.from_arrays([0, 1], ["x", None]),
    "names repeated": pa.DictionaryArray.from_arrays([0, 1], ["x", "x"]),
}


@pytest.mark.parametrize("case", OUT_OF_RANGE)
def test_values_that_no_table_can_hold_are_refused_in_one_line(
    tmp_path: Path, case: str
) -> None:
    path = tmp_path / "bad.feather"
    pyarrow.feather.write_feather(pa.table({"a": OUT_OF_RANGE[case]}), path)

    with pytest.raises(TableError, match="holds values that cannot be read") as caught:
        read_table(path)

    assert "\n" not in str(caught.value)
    assert "bad.feather" in str(caught.value)


def test_a_decimal_comma_is_found_and_remembered(write_csv: WriteText) -> None:
    source = read_source(write_csv("a;b\n1,5;x\n2,25;y\n"))

    assert source.frame["a"].tolist() == [1.5, 2.25]
    assert source.decimal == ","


def test_a_number_is_read_as_in_the_first_table(write_csv: WriteText) -> None:
    path = write_csv("a|b\n1.234|x\n")

    assert read_table(path, decimal=",")["a"].tolist() == [1234]
    assert read_table(path)["a"].tolist() == [1.234]


def test_a_name_may_hold_a_line_break(write_csv: WriteText) -> None:
    frame = read_table(write_csv('"a\nb",c\n1,2\n'))

    assert frame.to_dict("list") == {"a\nb": [1], "c": [2]}


def test_the_names_of_python_are_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "names.parquet"
    frame = pd.DataFrame({"self": [[1]], "__class__": [{"a": 1}], "index": ["x"]})
    frame.to_parquet(path)

    assert list(read_table(path).columns) == ["self", "__class__", "index"]


def test_an_index_of_times_is_a_column_and_one_of_row_numbers_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "index.parquet"
    days = pd.date_range("2024-01-01", periods=2)
    pd.DataFrame({"a": [1, 2]}, index=days).to_parquet(path)
    times = read_table(path)
    pd.DataFrame({"a": [1, 2]}, index=[7, 9]).to_parquet(path)

    numbers = read_table(path)

    assert times["index"].tolist() == list(days)
    assert numbers.to_dict("list") == {"a": [1, 2]}


def test_an_index_with_the_name_of_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.parquet"
    frame = pd.DataFrame({"a": [1]}, index=pd.Index([2], name="b"))
    table = pa.Table.from_pandas(frame).rename_columns(["a", "a"])
    pyarrow.parquet.write_table(table, path)

    with pytest.raises(TableError, match="more than one column called 'a'"):
        read_table(path)


def test_sheets_are_for_excel(write_csv: WriteText) -> None:
    with pytest.raises(TableError, match="no Excel file"):
        read_table(write_csv("a\n1\n"), sheet="first")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no table at"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path)
