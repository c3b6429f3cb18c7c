"""Columns that name rows are told from measurements and words."""

import numpy as np
import pandas as pd
import pytest

from tabular.identifiers import FEWEST_ROWS, are_hashes, is_identifier

ROWS = 40
RANDOM = np.random.default_rng(0)
KEYS = [f"{number:08x}" for number in RANDOM.integers(16**7, 16**8 - 1, ROWS)]
IDENTIFIERS = {
    "counter": ("n", list(range(1, ROWS + 1))),
    "counter with gaps": ("n", sorted(RANDOM.permutation(60)[:ROWS].tolist())),
    "named numbers": ("customer_id", (RANDOM.permutation(10**6)[:ROWS]).tolist()),
    "camel case": ("orderId", (RANDOM.permutation(10**6)[:ROWS]).tolist()),
    "index of a frame": ("Unnamed: 0", RANDOM.permutation(ROWS).tolist()),
    "keys": ("n", KEYS),
    "codes": ("n", [f"PT-{number:04d}" for number in range(ROWS)]),
    "digits": ("n", [f"{number:09d}" for number in range(ROWS)]),
    "hashes": ("n", RANDOM.integers(-(2**63), 2**63 - 1, ROWS).tolist()),
    "account numbers": ("n", RANDOM.integers(10**15, 10**16, ROWS).tolist()),
    "named words": ("key", [f"w{'ab'[n % 2]}{'xyz' * n}" for n in range(ROWS)]),
}
OTHERS = {
    "measures": ("area", RANDOM.normal(size=ROWS).tolist()),
    "incomes": ("income", (RANDOM.permutation(10**6)[:ROWS]).tolist()),
    "years": ("year", list(range(1950, 1950 + ROWS))),
    "repeated": ("id", [*range(ROWS - 1), 0]),
    "missing": ("id", [*map(float, range(ROWS - 1)), None]),
    "sentences": ("note", [f"call number {n}" for n in range(ROWS)]),
    "surnames": ("name", [chr(97 + n % 26) * (n + 3) for n in range(ROWS)]),
    "weights": ("weight", [f"{n}.5kg" for n in range(ROWS)]),
    "paid": ("paid", (RANDOM.permutation(10**6)[:ROWS]).tolist()),
    "nanoseconds": ("n", (10**18 + RANDOM.integers(0, 10**18, ROWS)).tolist()),
    "any size": ("n", [2**power for power in range(62, 62 - ROWS, -1)]),
    "few rows": ("id", list(range(FEWEST_ROWS - 1))),
}


@pytest.mark.parametrize("case", IDENTIFIERS)
def test_names_of_rows_are_identifiers(case: str) -> None:
    name, values = IDENTIFIERS[case]
    dtype = "str" if isinstance(values[0], str) else "int64"

    assert is_identifier(name, pd.Series(values, dtype=dtype))


@pytest.mark.parametrize("case", OTHERS)
def test_other_columns_are_not(case: str) -> None:
    name, values = OTHERS[case]
    column = pd.Series(values)

    assert not is_identifier(name, column)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1234567890123456", "9876543210987654", None] * 10, True),
        (["12345678901234567890", "98765432109876543210"], True),
        ([*["1234567890123456", "9876543210987654"] * 10, "unknown"], True),
        (["1700000000000000000", "1800000000000000000", None], False),
        (["1234567890123456.5", "9876543210987654.5"], False),
        (["123456789012345", "987654321098765"], False),
        ([*["1234567890123456", "9876543210987654"] * 10, "a", "b"], False),
        ([None, None], False),
    ],
)
def test_long_numbers_of_any_first_digit_are_hashes(
    values: list[str | None], expected: bool
) -> None:
    assert are_hashes(pd.Series(values, dtype="str")) is expected
