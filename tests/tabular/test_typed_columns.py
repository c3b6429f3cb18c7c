"""Typed columns: a later table is read as the one that was learned from."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from schemas.settings import ColumnKindChoice
from schemas.table import ColumnKind, TableSchema
from tabular.columns import infer_schema
from tabular.reading import read_source, read_table
from tabular.typed_columns import apply_schema, text_columns

WriteText = Callable[[str], Path]

LEARNED = {
    "shares": (["10%", "20%", "20% member"], ["10%", "20%"]),
    "versions": (["1.1", "1.10", "2.0", "2.0-beta"], ["1.10", "1.1", "2.0"]),
    "prices": (["$5", "$6", "free"], ["$6", "$5"]),
    "grouped numbers": (["1,000", "2,000", "many"], ["2,000"]),
    "missing words": (["1", "2", "A", "None", "-"], ["None", "2", "-"]),
    "leading zeros": (["007", "123", "010"], ["123"]),
    "more digits than an integer has": (["9" * 20, "8" * 20], ["8" * 20]),
    "whole numbers among words": (["1", "2", "A"], ["2"]),
}


def table(values: Sequence[str], times: int = 1) -> str:
    """Text of a table of one column."""
    return "a|b\n" + "".join(f"{value}|1\n" for value in values) * times


def learn(path: Path) -> TableSchema:
    source = read_source(path)
    columns = infer_schema(source.frame[["a"]])
    return TableSchema(columns=columns, decimal=source.decimal)


@pytest.mark.parametrize("case", LEARNED)
def test_a_later_table_without_the_words_has_the_same_levels(
    write_csv: WriteText, case: str
) -> None:
    values, later = LEARNED[case]
    schema = learn(write_csv(table(values, times=5)))

    frame = read_table(
        write_csv(table(later)), None, schema.decimal, text_columns(schema)
    )

    assert schema.columns[0].kind == "category"
    assert apply_schema(frame, schema)["a"].tolist() == later


def test_texts_of_digits_stay_as_they_are_written(write_csv: WriteText) -> None:
    schema = learn(write_csv(table([f"{n} of 99" for n in range(30)])))

    frame = read_table(
        write_csv(table(["1,000", "007"])), None, ".", text_columns(schema)
    )

    assert schema.columns[0].kind == "text"
    assert frame["a"].tolist() == ["1,000", "007"]


def test_dates_of_digits_are_read_in_the_form_that_was_learned(
    write_csv: WriteText,
) -> None:
    schema = learn(write_csv(table(["2024-10", "2024-11", "2023-01"])))

    frame = read_table(write_csv(table(["2024"])), None, ".", text_columns(schema))

    assert apply_schema(frame, schema)["a"].dt.year.tolist() == [2024]


@pytest.mark.parametrize(
    ("values", "later", "read"),
    [
        (["yes", "no"], ["1", "0", "1.0"], [True, False, True]),
        (["1.50", "2.25", "3"], ["1,234.5", "2"], [1234.5, 2]),
    ],
)
def test_truths_and_amounts_stay_numbers_in_any_spelling(
    write_csv: WriteText, values: list[str], later: list[str], read: list[float]
) -> None:
    schema = learn(write_csv(table(values, times=5)))

    frame = read_table(write_csv(table(later)), None, ".", text_columns(schema))

    assert apply_schema(frame, schema)["a"].tolist() == read


def test_categories_that_were_numbers_are_read_as_numbers_again(
    write_csv: WriteText,
) -> None:
    source = read_source(write_csv(table(["1,000", "2,000", "2.50"], times=5)))
    choice = ColumnKindChoice(column="a", kind=ColumnKind.CATEGORY)
    schema = TableSchema(columns=infer_schema(source.frame[["a"]], [choice]))

    frame = read_table(
        write_csv(table(["1,000", "2.5"])), None, ".", text_columns(schema)
    )

    assert apply_schema(frame, schema)["a"].tolist() == ["1000", "2.5"]


HASHES = [str(3_000_000_000_000_000_001 * n) for n in (1, 2, 3)]


@pytest.mark.parametrize("gap", [[], [""]])
def test_hashes_that_return_keep_all_digits(
    write_csv: WriteText, gap: list[str]
) -> None:
    schema = learn(write_csv(table([*HASHES, *gap], times=20)))

    frame = read_table(
        write_csv(table([HASHES[1], ""])), None, ".", text_columns(schema)
    )

    assert schema.columns[0].levels == tuple(HASHES)
    assert apply_schema(frame, schema)["a"].tolist()[0] == HASHES[1]


@pytest.mark.parametrize("code", ["1_2", "\uff11\uff12", "9007199254740993", "12\n"])
def test_a_code_that_no_file_writes_as_a_number_is_no_level(code: str) -> None:
    frame = pd.DataFrame({"a": ["12", "x", "9007199254740992"] * 5})
    schema = TableSchema(columns=infer_schema(frame))

    typed = apply_schema(pd.DataFrame({"a": ["12.0", code]}), schema)

    assert typed["a"].isna().tolist() == [False, True]
