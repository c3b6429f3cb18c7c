"""Values: any dtype that a table can hold becomes one of a few plain ones."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest

from tabular.values import (
    LARGEST_AMOUNT,
    as_amounts,
    as_booleans,
    as_datetimes,
    as_numbers,
    as_text,
    plain_values,
)

DTYPES = {
    "Int64": (pd.Series([1, None], dtype="Int64"), "float64"),
    "int8": (pd.Series([1, 2], dtype="int8"), "int64"),
    "uint64": (pd.Series([1, 2**63 - 1], dtype="uint64"), "int64"),
    "hashes": (pd.Series([1, 2**63], dtype="uint64"), "str"),
    "nullable hashes": (pd.Series([1, 2**63], dtype="UInt64"), "str"),
    "hashes with gaps": (pd.Series([None, 2**63], dtype="UInt64"), "float64"),
    "float32": (pd.Series([1.5, np.inf], dtype="float32"), "float64"),
    "bool": (pd.Series([True, False]), "bool"),
    "nullable bool": (pd.Series([True, None], dtype="boolean"), "boolean"),
    "objects of bool": (pd.Series([True, None], dtype=object), "boolean"),
    "decimals": (pd.Series([decimal.Decimal("1.5"), None]), "float64"),
    "dates": (pd.Series([datetime.date(2024, 1, 1), None]), "datetime64[us]"),
    "zoned": (
        pd.Series(pd.to_datetime(["2024-01-01T00:00:00+02:00"])),
        "datetime64[us]",
    ),
    "categories": (pd.Series(["a", None], dtype="category"), "str"),
    "numbered categories with gaps": (
        pd.Series(pd.Categorical([1, None], categories=[1, 2])),
        "float64",
    ),
    "numbered categories": (pd.Series([1, 2], dtype="category"), "int64"),
    "durations": (pd.Series(pd.to_timedelta(["1h", None])), "float64"),
    "lists": (pd.Series([[1], [2, 3]]), "str"),
    "mixed": (pd.Series([1, "a", None], dtype=object), "str"),
}


@pytest.mark.parametrize("case", DTYPES)
def test_every_dtype_becomes_a_plain_one(case: str) -> None:
    column, dtype = DTYPES[case]

    plain = plain_values(column)

    assert str(plain.dtype) == dtype
    assert len(plain) == len(column)


def test_numbers_beyond_all_integers_keep_their_size_and_digits() -> None:
    column = pd.Series([2**63 + 1, 5], dtype="uint64")

    assert as_text(column).tolist() == ["9223372036854775809", "5"]
    assert as_numbers(column).tolist() == [2.0**63, 5.0]


def test_infinite_numbers_are_missing() -> None:
    assert as_numbers(pd.Series([1.0, np.inf, -np.inf])).isna().tolist() == [
        False,
        True,
        True,
    ]


def test_whole_numbers_print_without_a_fraction() -> None:
    assert as_text(pd.Series([1.0, 2.5, np.nan])).tolist()[:2] == ["1", "2.5"]
    assert as_text(pd.Series([True, False])).tolist() == ["True", "False"]


def test_words_are_read_as_booleans() -> None:
    column = pd.Series(["Yes", "no", "T", "0", "maybe", None])

    truth = as_booleans(column)

    assert truth.tolist()[:4] == [True, False, True, False]
    assert truth.isna().tolist() == [False] * 4 + [True] * 2


def test_times_are_read_in_utc() -> None:
    column = pd.Series(["2024-03-01", "2024-03-01T12:30:00+01:00", "soon"])

    moments = as_datetimes(column)

    assert moments[0] == pd.Timestamp("2024-03-01")
    assert moments[1] == pd.Timestamp("2024-03-01 11:30")
    assert moments.isna().tolist() == [False, False, True]


def test_amounts_stay_within_what_models_can_square() -> None:
    amounts = as_amounts(pd.Series([1e300, -1e300, 5.0, np.inf]))

    assert amounts.tolist()[:3] == [LARGEST_AMOUNT, -LARGEST_AMOUNT, 5.0]
    assert np.isnan(amounts[3])
