"""Tables and specs for tests of the toolkit."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from toolkit.spec import Spec


class Mixed(NamedTuple):
    """A table of every kind of column and a signal that depends on some of them."""

    table: pd.DataFrame
    signal: NDArray[np.float64]


class MakeMixed(Protocol):
    def __call__(self, rows: int, seed: int, /) -> Mixed: ...


class MakeSpec(Protocol):
    def __call__(
        self, task: str, classes: tuple[str, ...] = (), clusters: int | None = None
    ) -> Spec: ...


def make_mixed(rows: int, seed: int) -> Mixed:
    random = np.random.default_rng(seed)
    day = pd.to_timedelta(random.integers(0, 1000, rows), unit="D")
    levels = pd.Series(random.choice(["u", "v", "w"], rows))
    towns = [f"town {number}" for number in range(40)]
    texts = ["red apple", "green pear 12", "Blue Sky"]
    table = pd.DataFrame(
        {
            "width [cm]": random.normal(size=rows),
            "height": 100 * random.normal(size=rows),
            "level": pd.Categorical(levels.where(random.random(rows) > 0.1)),
            "town": pd.Categorical(random.choice(towns, rows)),
            "note": pd.Series(random.choice(texts, rows), dtype="str"),
            "day": pd.Timestamp("2020-01-01") + day,
            "flag": pd.array(random.choice([True, False], rows), dtype="boolean"),
        }
    )
    for name, gap in (
        ("width [cm]", None),
        ("note", None),
        ("day", None),
        ("flag", None),
    ):
        table.loc[random.random(rows) < 0.1, name] = gap
    signal = (
        table["width [cm]"].fillna(0).to_numpy()
        + (table["level"] == "u").to_numpy()
        + table["note"].fillna("").str.contains("apple").to_numpy()
        + 0.3 * random.normal(size=rows)
    )
    return Mixed(table, signal)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small tables gain nothing from threads and lose much on a busy machine."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def mixed() -> MakeMixed:
    return make_mixed


@pytest.fixture
def make_spec() -> MakeSpec:
    def build(
        task: str, classes: tuple[str, ...] = (), clusters: int | None = None
    ) -> Spec:
        return Spec(task, classes, 0, 1, 60.0, {}, clusters)

    return build
