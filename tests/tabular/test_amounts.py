"""A few words among numbers do not turn a measure into a category."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from schemas.settings import ColumnKindChoice, TableSettings
from schemas.table import ColumnKind, TableSchema
from schemas.task import TaskKind
from tabular.amounts import find_amounts
from tabular.columns import infer_schema
from tabular.parts import part_rows
from tabular.profile import profile_table
from tabular.reading import Source, read_table
from tabular.typed_columns import apply_schema

NUMBERS = [str(number / 4) for number in range(200)]


def kind_of(values: list[str]) -> ColumnKind:
    frame = pd.DataFrame({"a": values * 2, "b": np.arange(2.0 * len(values)) % 7})
    return infer_schema(frame)[0].kind


def test_words_are_counted() -> None:
    found = find_amounts(pd.Series([*NUMBERS, "nil", "nil", "off"], dtype="str"))

    assert found is not None
    assert found.words.to_dict() == {"nil": 2, "off": 1}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([*NUMBERS, "nil", "n. a.", "unknown"], ColumnKind.NUMERIC),
        ([*NUMBERS, "a", "b", "c", "d"], ColumnKind.HIGH_CARDINALITY),
        ([*NUMBERS, *["nil"] * 40], ColumnKind.HIGH_CARDINALITY),
        ([*NUMBERS[:18], "nil"], ColumnKind.CATEGORY),
    ],
    ids=["few words", "many words", "many rows", "few numbers"],
)
def test_few_words_in_few_rows_of_many_numbers_are_missing_ones(
    values: list[str], kind: ColumnKind
) -> None:
    assert kind_of(values) is kind


def test_a_file_is_read_so_and_the_user_is_told(tmp_path: Path) -> None:
    rows = [f"{number},{place % 3}" for place, number in enumerate(NUMBERS * 2)]
    path = tmp_path / "pumps.csv"
    path.write_text("\n".join(["flow,pump", *rows, "nil,1", "nil,2"]))
    frame = read_table(path)

    columns = infer_schema(frame)
    typed = apply_schema(frame, TableSchema(columns=columns))
    profile = profile_table(frame, columns)

    assert typed["flow"].tolist()[:2] == [0.0, 0.25]
    assert typed["flow"].isna().sum() == 2
    assert profile.columns[0].missing_share == pytest.approx(2 / 402)
    assert "'flow' holds numbers, but 'nil' in 2 rows" in profile.warnings[0]


@pytest.mark.parametrize("kind", [ColumnKind.CATEGORY, ColumnKind.NUMERIC])
def test_the_user_may_choose_either_reading(kind: ColumnKind) -> None:
    frame = pd.DataFrame({"a": [*NUMBERS, "nil"], "b": np.arange(201.0) % 7})
    choice = ColumnKindChoice(column="a", kind=kind)

    columns = infer_schema(frame, [choice])

    assert columns[0].kind is kind
    is_told = any("'nil'" in said for said in profile_table(frame, columns).warnings)
    assert is_told == (kind is ColumnKind.NUMERIC)


def test_words_among_amounts_are_no_targets() -> None:
    frame = pd.DataFrame({"flow": [*NUMBERS, "nil"], "b": np.arange(201.0) % 7})
    settings = TableSettings(table="pumps.csv", target="flow", test_size=0)

    parts = part_rows(Source(frame, "."), settings, seed=0)

    assert parts.kind is TaskKind.REGRESSION
    assert len(parts.development.features) == 200
    assert parts.warnings[0] == "1 row of the table has no target and was left out."
