"""Profile: coarse facts with enough rows behind them."""

import numpy as np
import pandas as pd
import pytest

from schemas.settings import ColumnKindChoice
from schemas.table import ColumnKind, TableSchema
from tabular.columns import infer_schema
from tabular.descriptions import Descriptions
from tabular.profile import SMALLEST_GROUP_ROWS, profile_table
from tabular.typed_columns import apply_schema


def test_numbers_and_levels_are_summarised(customers: pd.DataFrame) -> None:
    profile = profile_table(customers, infer_schema(customers))
    columns = {column.name: column for column in profile.columns}

    assert profile.rows == 300
    assert columns["age"].mean == customers["age"].mean()
    assert columns["income"].missing_share == customers["income"].isna().mean()
    assert sorted(columns["town"].common_levels) == ["Jena", "Trier", "Ulm"]
    assert any("'always', 'never'" in warning for warning in profile.warnings)


def test_nothing_is_told_of_fewer_than_twenty_rows() -> None:
    rows = SMALLEST_GROUP_ROWS - 1
    frame = pd.DataFrame(
        {
            "rare": ["a"] * 80 + ["secret"] * rows + [None],
            "sparse": np.where(np.arange(100) < rows, np.arange(100.0), np.nan),
        }
    )

    rare, sparse = profile_table(frame, infer_schema(frame)).columns

    assert rare.common_levels == ("a",)
    assert sparse.minimum is None
    assert sparse.mean is None


def test_identifiers_and_sparse_columns_are_pointed_out() -> None:
    frame = pd.DataFrame(
        {
            "id": range(100),
            "code": [f"c{i}" for i in range(100)],
            "measure": np.random.default_rng(0).normal(size=100),
            "sparse": [1.0, 2.0] * 20 + [None] * 60,
        }
    )

    warnings = " ".join(profile_table(frame, infer_schema(frame)).warnings)

    assert "name rows are left out: 'id', 'code'" in warnings
    assert "'sparse'" in warnings
    assert "'measure'" not in warnings


def test_durations_and_many_levels_are_summarised() -> None:
    frame = pd.DataFrame(
        {
            "took": [f"0:{minutes:02d}:00" for minutes in range(40)],
            "shop": ["best"] * 20 + [f"s{i % 25}" for i in range(20)],
        }
    )
    frame = pd.concat([frame] * 2, ignore_index=True)

    took, shop = profile_table(frame, infer_schema(frame)).columns

    assert (took.kind, took.maximum) == (ColumnKind.DURATION, 39 * 60)
    assert (shop.kind, shop.common_levels) == (ColumnKind.HIGH_CARDINALITY, ("best",))


def test_dates_that_could_be_read_otherwise_are_pointed_out() -> None:
    frame = pd.DataFrame({"when": ["5/6/2024", "1/2/2024"] * 20, "x": [1, 2] * 20})

    (warning,) = profile_table(frame, infer_schema(frame)).warnings

    assert "--kind 'when=datetime:%d/%m/%Y'" in warning


def test_the_words_of_the_user_are_kept() -> None:
    frame = pd.DataFrame({"age": [1, 2], "x": [3, 4]})
    words = Descriptions("Loans", {"age": "in years"})

    profile = profile_table(frame, infer_schema(frame), words)

    assert profile.description == "Loans"
    assert [column.description for column in profile.columns] == ["in years", ""]


@pytest.mark.parametrize("format_", [None, "%Y-%m-%d"])
def test_words_among_dates_are_told_and_may_be_chosen_away(format_: str | None) -> None:
    days = pd.date_range("2000", periods=200).strftime("%Y-%m-%d").tolist()
    frame = pd.DataFrame({"day": [*days, "0000-00-00", "soon"], "x": np.arange(202.0)})
    choice = ColumnKindChoice(column="day", kind=ColumnKind.DATETIME, format=format_)

    found, chosen = infer_schema(frame), infer_schema(frame, [choice])
    typed = apply_schema(frame, TableSchema(columns=found))
    (warning,) = profile_table(frame, found).warnings

    assert found[0].kind is chosen[0].kind is ColumnKind.DATETIME
    assert typed["day"].isna().sum() == 2
    assert "'day' holds dates, but 'soon' in 1 row; what is no date counts" in warning
