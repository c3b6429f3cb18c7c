"""Small tables and estimators that are fitted once for the whole room."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from sage_loop import SageLoopClassifier
from sage_loop.estimators.engine import close_engine

QUICK = {"trials": 3, "feature_rounds": 0, "validation": "holdout", "workers": 1}
"""The shortest run there is: one candidate through all rungs, no new columns."""


def make_rows(rows: int = 120) -> tuple[pd.DataFrame, pd.Series]:
    """A table of several kinds of columns, with gaps, and labels that follow from it."""
    random = np.random.default_rng(0)
    size = random.normal(size=rows)
    table = pd.DataFrame(
        {
            "size": np.where(random.random(rows) < 0.05, np.nan, size),
            "shop": pd.Categorical(random.choice(["north", "south"], rows)),
            "day": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(random.integers(0, 300, rows), unit="D"),
            "is_new": random.random(rows) < 0.5,
        }
    )
    label = np.where(size + (table["shop"] == "north") > 0.5, 7, 3)
    return table, pd.Series(label, name="grade")


@pytest.fixture
def quick() -> dict[str, object]:
    return dict(QUICK)


@pytest.fixture(scope="session")
def rows() -> tuple[pd.DataFrame, pd.Series]:
    return make_rows()


@pytest.fixture(scope="session")
def fitted(
    rows: tuple[pd.DataFrame, pd.Series],
) -> Iterator[SageLoopClassifier]:
    """A fitted classifier; change nothing in it."""
    yield SageLoopClassifier(**QUICK).fit(*rows)  # type: ignore[arg-type]
    close_engine()
