"""A column that tells the target by itself is found, and no other."""

import numpy as np
import pandas as pd
import pytest

from tabular.telling import telling_column

ROWS = 400


@pytest.fixture
def frame() -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "noise": random.normal(size=ROWS),
            "level": pd.Categorical(random.choice(list("abc"), ROWS)),
            "name": pd.Series([f"row {n}" for n in range(ROWS)], dtype="str"),
            "empty": np.full(ROWS, np.nan),
        }
    )


@pytest.fixture
def classes() -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.random.default_rng(1).integers(0, 3, ROWS)


def test_noise_tells_nothing(
    frame: pd.DataFrame, classes: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> None:
    assert telling_column(frame, classes, is_classification=True) is None
    values = np.random.default_rng(2).normal(size=ROWS)
    assert telling_column(frame, values, is_classification=False) is None


def test_a_category_that_is_the_class_tells(
    frame: pd.DataFrame, classes: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> None:
    frame["grade"] = pd.Categorical([f"grade {code}" for code in classes])

    assert telling_column(frame, classes, is_classification=True) == "grade"


@pytest.mark.parametrize("is_classification", [True, False])
def test_a_number_that_orders_the_target_tells(
    frame: pd.DataFrame, *, is_classification: bool
) -> None:
    hidden = np.random.default_rng(3).normal(size=ROWS)
    frame["later"] = np.exp(hidden)
    target = (hidden > 0).astype(np.int64) if is_classification else hidden

    found = telling_column(frame, target, is_classification=is_classification)

    assert found == "later"


def test_most_of_the_way_is_not_enough(frame: pd.DataFrame) -> None:
    random = np.random.default_rng(3)
    hidden = random.normal(size=ROWS)
    frame["early"] = hidden + 0.3 * random.normal(size=ROWS)

    found = telling_column(frame, (hidden > 0).astype(np.int64), is_classification=True)

    assert found is None


def test_a_target_of_one_value_needs_no_telling(frame: pd.DataFrame) -> None:
    zeros = np.zeros(ROWS)

    assert telling_column(frame, zeros, is_classification=False) is None
    codes = zeros.astype(np.int64)
    assert telling_column(frame, codes, is_classification=True) is None
