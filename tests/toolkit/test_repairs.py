"""Wrappers that mend candidates."""

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from toolkit.repairs import (
    CleanOutput,
    Encoded,
    Imputed,
    KnownLevels,
    Repaired,
    Subsampled,
)
from toolkit.spec import Spec

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec


class Recorder:
    """A candidate that remembers what it was given and answers what it is told."""

    answer: object = None

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def fit(self, X: pd.DataFrame, y: object = None, weight: object = None) -> Self:
        self.seen, self.target, self.weight = X, y, weight
        return self

    def predict(self, X: pd.DataFrame) -> object:
        self.seen = X
        return self.answer

    def predict_proba(self, X: pd.DataFrame) -> object:
        self.seen = X
        return self.answer


def wrapped(
    wrapper: type[Repaired], spec: Spec, answer: object = None, **more: object
) -> Repaired:
    inner = type("Inner", (Recorder,), {"answer": answer})
    kind: type[Repaired] = type("Candidate", (wrapper,), {"written": inner, **more})
    return kind(spec)


def recorder(candidate: Repaired) -> Recorder:
    inner: object = candidate.inner
    assert isinstance(inner, Recorder)
    return inner


def test_imputed_tables_have_no_gaps_and_keep_names_and_levels(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train, later = mixed(80, 0).table, mixed(30, 1).table
    candidate = wrapped(Imputed, make_spec("regression"))

    candidate.fit(train, np.zeros(80))

    seen = recorder(candidate).seen
    assert list(seen.columns) == list(train.columns)
    assert not seen.isna().any(axis=None)
    assert seen.loc[train["height"].notna(), "height"].equals(train["height"])
    candidate.predict(later)
    assert not recorder(candidate).seen.isna().any(axis=None)
    assert recorder(candidate).seen.dtypes.equals(seen.dtypes)


def test_encoded_tables_are_numbers_without_gaps(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train = mixed(80, 0).table
    candidate = wrapped(Encoded, make_spec("regression"))

    candidate.fit(train, np.zeros(80))

    seen = recorder(candidate).seen
    assert (seen.dtypes == np.float64).all()
    assert np.isfinite(seen.to_numpy()).all()
    assert set(train.columns) <= set(seen.columns)
    indicator = (train["level"] == "u").astype(float).to_numpy()
    assert seen["level = u"].tolist() == indicator.tolist()


def test_unseen_levels_become_the_most_frequent_one(make_spec: "MakeSpec") -> None:
    candidate = wrapped(KnownLevels, make_spec("regression"))
    candidate.fit(pd.DataFrame({"c": pd.Categorical(["a", "b", "b"])}), np.zeros(3))

    candidate.predict(pd.DataFrame({"c": pd.Categorical(["a", "new", None])}))

    assert recorder(candidate).seen["c"].tolist() == ["a", "b", "b"]


def test_a_sample_keeps_rows_together_and_every_class(make_spec: "MakeSpec") -> None:
    table = pd.DataFrame({"a": np.arange(100.0)}, index=np.arange(100, 200))
    target = pd.Series([1] + [0] * 99, index=table.index)
    candidate = wrapped(Subsampled, make_spec("binary", ("no", "yes")), rows=10)

    candidate.fit(table, target, pd.Series(table["a"] + 1))

    inner = recorder(candidate)
    assert 10 <= len(inner.seen) <= 12
    assert isinstance(inner.target, pd.Series)
    assert isinstance(inner.weight, pd.Series)
    assert set(inner.target) == {0, 1}
    assert inner.seen.index.equals(inner.target.index)
    assert (inner.weight == inner.seen["a"] + 1).all()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([[2.0, 6.0], [1.0, 1.0]], [[0.25, 0.75], [0.5, 0.5]]),
        ([[np.nan, 0.0], [0.0, np.inf]], [[0.75, 0.25], [0.75, 0.25]]),
        ([0.2, 1.0], [[0.8, 0.2], [0.0, 1.0]]),
        ([[-1.0, 2.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]),
    ],
    ids=["sums", "not finite", "one column", "negative"],
)
def test_probabilities_are_cleaned(
    answer: object, expected: list[float], make_spec: "MakeSpec"
) -> None:
    candidate = wrapped(CleanOutput, make_spec("binary", ("n", "y")), np.array(answer))
    candidate.fit(pd.DataFrame({"a": range(4)}), [0, 0, 0, 1])

    proba = candidate.predict_proba(pd.DataFrame({"a": range(2)}))

    np.testing.assert_allclose(proba, expected)


def test_columns_of_trained_classes_find_their_places(make_spec: "MakeSpec") -> None:
    answer = np.array([[0.4, 0.6]])
    candidate = wrapped(CleanOutput, make_spec("multiclass", ("a", "b", "c")), answer)
    candidate.fit(pd.DataFrame({"x": range(2)}), [0, 2])

    assert candidate.predict_proba(pd.DataFrame({"x": [1]})).tolist() == [
        [0.4, 0.0, 0.6]
    ]


@pytest.mark.parametrize("answer", [["y", "n"], [1, 0]], ids=["labels", "codes"])
def test_predicted_classes_stand_in_for_missing_probabilities(
    answer: object, make_spec: "MakeSpec"
) -> None:
    class Labels:
        def __init__(self, spec: Spec) -> None:
            self.spec = spec

        def fit(self, X: pd.DataFrame, y: object) -> Self:
            return self

        def predict(self, X: pd.DataFrame) -> NDArray[np.int64]:
            return np.array(answer)

    kind = type("Candidate", (CleanOutput,), {"written": Labels})
    candidate = kind(make_spec("binary", ("n", "y"))).fit(
        pd.DataFrame({"a": [1, 2]}), [0, 1]
    )

    proba = candidate.predict_proba(pd.DataFrame({"a": [1, 2]}))

    np.testing.assert_allclose(proba, [[0.1, 0.9], [0.9, 0.1]])


def test_values_are_one_finite_number_a_row(make_spec: "MakeSpec") -> None:
    answer = np.array([[1.0, 3.0], [np.nan, 1.0]])
    candidate = wrapped(CleanOutput, make_spec("regression"), answer)
    candidate.fit(pd.DataFrame({"a": range(2)}), [4.0, 6.0])

    assert candidate.predict(pd.DataFrame({"a": range(2)})).tolist() == [2.0, 5.0]
