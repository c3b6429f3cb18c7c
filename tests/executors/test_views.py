"""Feature programs are fitted without looking at a row's own target."""

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from executors.applied_views import apply_views
from executors.errors import ContractError
from executors.program import ViewSource
from executors.views import fit_views

OWN_TARGET = """
class Features:
    needs_y = True
    def fit(self, X, y=None):
        self.seen = dict(zip(X["id"], y))
    def transform(self, X):
        made = X["id"].map(lambda i: self.seen.get(i, float("nan")))
        return made.to_frame("y")
"""
SPOILER = """
class Features:
    def fit(self, X, y=None): X["a"] = 0.0
    def transform(self, X):
        X["id"] = -1.0
        return X[["id"]].rename(columns={"id": "new"})
"""


@pytest.fixture(autouse=True)
def _no_modules_stay() -> Iterator[None]:
    yield
    for number in range(2):
        sys.modules.pop(f"features_{number}", None)


@pytest.fixture
def rows() -> pd.DataFrame:
    return pd.DataFrame({"id": np.arange(20.0), "a": np.ones(20)})


def test_no_training_row_sees_its_own_target(rows: pd.DataFrame) -> None:
    view = (ViewSource(name="own", source=OWN_TARGET, columns=("y",)),)

    viewed = fit_views(view, rows, pd.Series(np.ones(20)), seed=0)

    assert viewed.train["y"].isna().all()
    assert apply_views(viewed.views, rows)["y"].eq(1).all()


def test_a_program_cannot_change_the_rows_of_others(rows: pd.DataFrame) -> None:
    view = (ViewSource(name="spoiler", source=SPOILER, columns=("new",)),)

    viewed = fit_views(view, rows, None, seed=0)

    assert viewed.train["a"].eq(1).all()
    assert viewed.train["id"].tolist() == list(range(20))
    assert viewed.train["new"].eq(-1).all()


def test_a_target_cannot_be_needed_where_there_is_none(rows: pd.DataFrame) -> None:
    view = (ViewSource(name="own", source=OWN_TARGET, columns=("y",)),)

    with pytest.raises(ContractError, match="the target is missing"):
        fit_views(view, rows, None, seed=0)


def test_a_column_that_was_not_made_is_named(rows: pd.DataFrame) -> None:
    view = (ViewSource(name="spoiler", source=SPOILER, columns=("other",)),)

    with pytest.raises(ContractError, match="no column 'other'"):
        fit_views(view, rows, None, seed=0)
