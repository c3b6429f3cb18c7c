"""The tree finds where errors are, tells it in aggregates, and tells no cell."""

import numpy as np
import pandas as pd
import pytest

from schemas.memory import ErrorCondition
from schemas.table import ColumnKind, ColumnSchema
from schemas.task import TaskKind
from tabular.error_tree import LEAVES_TOLD, error_tree, row_errors
from tabular.profile import SMALLEST_GROUP_ROWS

AGE = ColumnSchema(name="age", kind=ColumnKind.NUMERIC)
PLAN = ColumnSchema(name="plan", kind=ColumnKind.CATEGORY, levels=("a", "b"))


def table(rows: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(0)
    plans = pd.Series(random.choice(["a", "b"], rows), dtype="category")
    return pd.DataFrame({"age": random.uniform(18, 90, rows), "plan": plans})


def test_the_group_that_errs_most_is_told_in_its_conditions() -> None:
    frame = table()
    bad = (frame["age"] < 40) & (frame["plan"] == "b")
    errors = np.where(bad, 1.0, 0.1)

    worst = error_tree(frame, [AGE, PLAN], errors)[0]

    relations = {(c.column, c.relation) for c in worst.conditions}
    assert ("age", "below") in relations
    assert relations & {("plan", "is"), ("plan", "is_not")}
    assert worst.error == pytest.approx(1.0 / errors.mean(), rel=0.06)


def test_missing_values_are_a_condition_of_their_own() -> None:
    frame = table()
    frame.loc[:59, "age"] = np.nan
    errors = np.where(frame["age"].isna(), 3.0, 0.5)

    worst = error_tree(frame, [AGE, PLAN], errors)[0]

    assert worst.conditions == (ErrorCondition(column="age", relation="missing"),)
    assert worst.rows == 60


@pytest.mark.parametrize("seed", range(5))
def test_no_leaf_and_no_level_stands_for_fewer_than_twenty_rows(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = table()
    rare = np.array(["common"] * 381 + ["rare"] * (SMALLEST_GROUP_ROWS - 1))
    frame["plan"] = pd.Series(random.permutation(rare), dtype="category")
    errors = np.where(frame["plan"] == "rare", 9.0, random.random(400))

    leaves = error_tree(frame, [AGE, PLAN], errors)

    assert len(leaves) <= LEAVES_TOLD
    assert all(leaf.rows >= SMALLEST_GROUP_ROWS for leaf in leaves)
    assert "rare" not in str(leaves)


def test_bounds_are_rounded_so_that_they_are_no_cells() -> None:
    frame = table()
    frame["age"] = 100_000.0 + np.arange(400) * 7.31
    errors = np.where(np.arange(400) < 150, 2.0, 0.1)

    conditions = [
        c for leaf in error_tree(frame, [AGE], errors) for c in leaf.conditions
    ]

    assert conditions
    cells = set(frame["age"])
    assert all(c.bound == float(f"{c.bound:.3g}") for c in conditions if c.bound)
    assert not cells & {c.bound for c in conditions}


def test_texts_and_columns_of_many_levels_take_no_part() -> None:
    frame = table()
    frame["note"] = [f"secret {i}" for i in range(400)]
    note = ColumnSchema(name="note", kind=ColumnKind.TEXT)
    many = ColumnSchema(name="note", kind=ColumnKind.HIGH_CARDINALITY)
    errors = np.linspace(0, 1, 400)

    assert error_tree(frame, [note], errors) == ()
    assert error_tree(frame, [many], errors) == ()


@pytest.mark.parametrize("errors", [np.zeros(400), np.full(400, np.nan)])
def test_without_errors_there_is_nothing_to_tell(errors: np.ndarray) -> None:
    assert error_tree(table(), [AGE, PLAN], errors) == ()


def test_an_error_is_what_the_true_class_lacks_or_the_gap() -> None:
    told = np.array([[0.9, 0.1], [0.3, 0.7]])

    assert row_errors(np.array([0, 0]), told, TaskKind.BINARY) == pytest.approx(
        [0.1, 0.7]
    )
    values = np.array([[1.0], [5.0]])
    assert list(row_errors(np.array([2.0, 3.0]), values, TaskKind.REGRESSION)) == [1, 2]
