"""Matrix: every typed column has its say in distances, missing values none."""

import numpy as np
import pandas as pd
import pytest

from schemas.table import USABLE_KINDS, TableSchema
from tabular.columns import infer_schema
from tabular.matrix import standardised_matrix
from tabular.typed_columns import apply_schema


def test_columns_of_every_kind_are_turned_into_features(
    customers: pd.DataFrame,
) -> None:
    columns = infer_schema(customers)
    usable = tuple(column for column in columns if column.kind in USABLE_KINDS)
    frame = apply_schema(customers, TableSchema(columns=usable))

    matrix = standardised_matrix(frame)

    # Seven numbers, flags and times, three towns, and no text.
    assert matrix.shape == (300, 7 + 3)
    assert np.isfinite(matrix).all()
    assert abs(matrix).max() <= 5
    assert matrix[:, 0].std() == pytest.approx(1)


def test_another_category_is_as_far_as_one_deviation() -> None:
    frame = pd.DataFrame({"a": pd.Categorical(["x", "y", "z"])})

    matrix = standardised_matrix(frame)

    assert np.linalg.norm(matrix[0] - matrix[1]) == pytest.approx(1)


def test_missing_values_stand_at_the_median() -> None:
    frame = pd.DataFrame(
        {
            "a": [1.0, 2.0, 3.0, np.nan],
            "b": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03", "NaT"]),
            "c": pd.array([True, True, False, None], dtype="boolean"),
        }
    )

    matrix = standardised_matrix(frame)

    assert matrix[3].tolist() == pytest.approx([*matrix[1].tolist()])


def test_nothing_to_measure_gives_equal_rows() -> None:
    frame = pd.DataFrame({"a": pd.array(["x", "y"], dtype="str"), "b": [1.0, 1.0]})

    assert standardised_matrix(frame).tolist() == [[0.0], [0.0]]
    assert standardised_matrix(frame[["a"]]).tolist() == [[0.0], [0.0]]
