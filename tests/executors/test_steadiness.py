"""Values of a row must not depend on its company, nor on anything that no seed decides."""

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from executors.errors import ContractError
from executors.steadiness import check_seeded, check_steady_features
from executors.views import load_features

PROGRAM = """
import numpy as np
import pandas as pd
class Features:
    needs_y = {needs_y}
    def fit(self, X, y=None):
        self.mean = X["a"].mean() if y is None else y.mean()
    def transform(self, X):
        made = pd.DataFrame({{"new": {new}}}, index=X.index)
        return {made}
"""


@pytest.fixture(autouse=True)
def _no_modules_stay() -> Iterator[None]:
    yield
    sys.modules.pop("features_0", None)


def check(
    new: str, made: str = "made", rows: int = 120, *, needs_y: bool = False
) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=rows), "b": random.normal(size=rows)})
    frame.loc[:5, "a"] = np.nan
    program = load_features(0, PROGRAM.format(new=new, made=made, needs_y=needs_y))
    check_steady_features(program, frame, frame["b"], seed=4)


@pytest.mark.parametrize(
    "new",
    ["X['a'] - self.mean", "np.nan", "np.random.default_rng(0).random()", "X['a'] / 0"],
)
def test_what_depends_on_a_row_and_on_what_was_learned_is_steady(new: str) -> None:
    check(new)
    check(new, needs_y=True)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("X['a'] - X['a'].mean()", "with the other rows: column 'new'"),
        ("X['a'].rank()", "with the other rows"),
        ("np.arange(len(X))", "with the other rows"),
        ("X['a'].fillna(X['a'].median())", "with the other rows"),
        ("np.random.default_rng().random()", "from one fit to the next"),
    ],
)
def test_what_depends_on_more_is_found_out(new: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check(new)


def test_a_global_generator_is_seeded_for_each_fit() -> None:
    with pytest.raises(ContractError, match="with the other rows"):
        check("np.random.random()")


def test_columns_that_come_and_go_are_found_out() -> None:
    with pytest.raises(ContractError, match="makes other columns with the other rows"):
        check("X['a']", made="made.dropna(axis=1)")


def test_too_few_rows_are_not_tried() -> None:
    check("X['a'].rank()", rows=9)


@pytest.mark.parametrize(
    ("second", "is_steady"),
    [([1.0, 2.0], True), ([1.0, 2.0001], True), ([1.0, 2.1], False), ([1.0], False)],
)
def test_predictions_may_differ_by_a_rounding(
    second: list[float], *, is_steady: bool
) -> None:
    first = np.array([[1.0], [2.0]])
    again = np.array(second)[:, None]

    if is_steady:
        check_seeded(first, again)
    else:
        with pytest.raises(ContractError, match="with the same seed"):
            check_seeded(first, again)
