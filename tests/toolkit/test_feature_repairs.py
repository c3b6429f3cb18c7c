"""Wrappers that mend feature programs."""

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
import pytest

from toolkit.feature_repairs import (
    CleanColumns,
    FewerColumns,
    FilledFeatures,
    KnownFeatures,
    NumericFeatures,
    RepairedFeatures,
    SampledFeatures,
)

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed


class Recorder:
    """A program that remembers what it was given and answers what it is told."""

    needs_y = True
    answer: object = None

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        self.seen, self.target = X, y
        return self

    def transform(self, X: pd.DataFrame) -> object:
        self.seen = X
        return self.answer


def wrapped(
    wrapper: type[RepairedFeatures], answer: object = None, **more: object
) -> RepairedFeatures:
    inner = type("Inner", (Recorder,), {"answer": answer})
    kind: type[RepairedFeatures] = type(
        "Features", (wrapper,), {"written": inner, **more}
    )
    return kind()


def recorder(program: RepairedFeatures) -> Recorder:
    inner: object = program.inner
    assert isinstance(inner, Recorder)
    return inner


@pytest.mark.parametrize("wrapper", [FilledFeatures, NumericFeatures, KnownFeatures])
def test_the_table_is_prepared_for_fit_and_transform(
    wrapper: type[RepairedFeatures], mixed: "MakeMixed"
) -> None:
    train, later = mixed(80, 0).table, mixed(30, 1).table
    program = wrapped(wrapper)

    program.fit(train, np.zeros(80))
    seen = recorder(program).seen
    program.transform(later)

    again = recorder(program).seen
    assert list(again.columns) == list(seen.columns)
    assert len(again) == 30
    if wrapper is not KnownFeatures:
        assert not again.isna().any(axis=None)


def test_the_need_of_a_target_is_kept() -> None:
    assert wrapped(FilledFeatures).needs_y
    assert not RepairedFeatures.needs_y


def test_fit_gets_a_target_only_where_there_is_one() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0]})
    program = wrapped(RepairedFeatures)

    assert recorder(program.fit(table)).target is None
    assert recorder(program.fit(table, [0, 1])).target == [0, 1]


INDEX = pd.Index([4, 5])
TABLE = pd.DataFrame({"a": [1.0, 2.0]}, index=INDEX)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (np.array([3, 4]), {"new 0": [3.0, 4.0]}),
        ([[3, 5], [4, 6]], {"new 0": [3.0, 4.0], "new 1": [5.0, 6.0]}),
        (pd.Series([3, 4], name="b", index=INDEX), {"b": [3.0, 4.0]}),
        (pd.DataFrame({"b": [3, 4]}), {"b": [3.0, 4.0]}),
        (pd.DataFrame({"b": [4, 3]}, index=[5, 4]), {"b": [3.0, 4.0]}),
        (pd.DataFrame({"b": [4]}, index=[5]), {"b": [np.nan, 4.0]}),
        (TABLE.assign(b=["x", "7"]), {"b": [np.nan, 7.0]}),
        (
            pd.DataFrame({"b": pd.Categorical(["x", "y"])}, index=INDEX),
            {"b": [np.nan, np.nan]},
        ),
        (
            pd.DataFrame([[1, 2], [3, 4]], columns=["b", "b"], index=INDEX),
            {"b": [1.0, 3.0], "b again": [2.0, 4.0]},
        ),
    ],
)
def test_whatever_comes_out_becomes_columns_of_numbers(
    answer: object, expected: dict[str, list[float]]
) -> None:
    made = wrapped(CleanColumns, answer).transform(TABLE)

    assert made.index.equals(INDEX)
    assert list(made.columns) == list(expected)
    np.testing.assert_array_equal(made.to_numpy(), np.array([*expected.values()]).T)


def test_the_first_of_very_many_columns_are_kept() -> None:
    answer = pd.DataFrame(np.zeros((2, 9)), index=INDEX)

    assert wrapped(FewerColumns, answer, columns=4).transform(TABLE).shape == (2, 4)


def test_a_sample_keeps_rows_and_targets_together() -> None:
    table = pd.DataFrame({"a": np.arange(50.0)}, index=np.arange(100, 150))
    program = wrapped(SampledFeatures, rows=10)

    inner = recorder(program.fit(table, table["a"] + 1))

    assert len(inner.seen) == 10
    assert isinstance(inner.target, pd.Series)
    assert (inner.target == inner.seen["a"] + 1).all()
    assert len(recorder(program.fit(table)).seen) == 10
