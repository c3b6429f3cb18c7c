"""What all blocks of new columns keep to: their rows, their names, no surprises."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from toolkit.category_crosses import CategoryCrosses
from toolkit.cluster_distances import ClusterDistances
from toolkit.date_features import DateFeatures
from toolkit.group_statistics import GroupStatistics
from toolkit.pairwise import PairwiseProducts, PairwiseRatios
from toolkit.steps import Block, Steps
from toolkit.target_encodings import TargetEncodings
from toolkit.text_statistics import TextStatistics

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed

NUMBERS = ["width [cm]", "height"]
BLOCKS: dict[str, Callable[[], Block]] = {
    "ratios": lambda: PairwiseRatios(NUMBERS),
    "groups": lambda: GroupStatistics([("town", "height")]),
    "crosses": lambda: CategoryCrosses([("town", "level")]),
    "encodings": lambda: TargetEncodings(["town", ("town", "level")]),
    "classes": lambda: TargetEncodings(["level"], classes=3),
    "dates": lambda: DateFeatures(["day"]),
    "texts": lambda: TextStatistics(["note"]),
    "distances": lambda: ClusterDistances(NUMBERS, clusters=3),
    "steps": lambda: Steps(
        [PairwiseRatios(NUMBERS), PairwiseProducts([("width [cm] / height", "height")])]
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_each_row_has_the_same_values_whatever_stands_beside_it(
    name: str, mixed: "MakeMixed"
) -> None:
    train, later = mixed(120, 0), mixed(40, 1).table.set_index(np.arange(7, 47))
    block = BLOCKS[name]()
    block.fit(train.table, pd.Series(train.signal.round() % 3))

    made = block.transform(later)
    order = np.random.default_rng(0).permutation(40)[:15]

    assert made.index.equals(later.index)
    assert (made.dtypes == np.float64).all()
    assert made.columns.is_unique
    assert not set(made.columns) & set(later.columns)
    assert not np.isinf(made.to_numpy()).any()
    pd.testing.assert_frame_equal(block.transform(later.iloc[order]), made.iloc[order])


def test_crosses_tell_pairs_apart_and_know_what_they_saw() -> None:
    table = pd.DataFrame({"a": ["x", "x", "xy", None], "b": ["yz", "yz", "z", "z"]})
    block = CategoryCrosses([("a", "b")]).fit(table.astype("category"))
    later = pd.DataFrame({"a": ["x", "xy", "x"], "b": ["yz", "z", "z"]})

    codes = block.transform(later.astype("category"))["a & b"]

    assert codes.iloc[0] == 0.0
    assert codes.iloc[1] != codes.iloc[0]
    assert np.isnan(codes.iloc[2])


def test_encodings_are_smoothed_means_of_the_target() -> None:
    table = pd.DataFrame({"a": ["x"] * 30 + ["y"] * 10}).astype("category")
    target = pd.Series([1.0] * 30 + [0.0] * 10)
    later = pd.DataFrame({"a": ["x", "y", "new"]}).astype("category")

    made = TargetEncodings(["a"]).fit(table, target).transform(later)

    values = made["target by a"]
    assert values.iloc[0] == pytest.approx((30 + 7.5) / 40)
    assert values.iloc[1] == pytest.approx(7.5 / 20)
    assert values.iloc[2] == pytest.approx(0.75)


def test_encodings_without_a_target_are_refused() -> None:
    with pytest.raises(ValueError, match="need a target"):
        TargetEncodings(["a"]).fit(pd.DataFrame({"a": ["x"]}))


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        (0, ["target by a"]),
        (2, ["class 1 by a"]),
        (3, ["class 0 by a", "class 1 by a", "class 2 by a"]),
        (40, [f"class {code} by a" for code in range(10)]),
    ],
)
def test_the_number_of_classes_decides_the_columns_and_not_the_rows(
    classes: int, names: list[str]
) -> None:
    table = pd.DataFrame({"a": ["x", "y"]}).astype("category")

    made = TargetEncodings(["a"], classes).fit(table, pd.Series([1, 1]))

    assert list(made.transform(table).columns) == names


def test_dates_give_their_place_in_year_month_and_week() -> None:
    built = pd.to_datetime(pd.Series(["2024-02-28 10:30", None]))
    sold = pd.to_datetime(pd.Series(["2024-03-02 10:30"] * 2))
    table = pd.DataFrame({"built": built, "sold": sold})

    made = DateFeatures(["built", "sold"]).fit(table).transform(table)

    first = made.iloc[0]
    assert first["day of year of built"] == 59
    assert first["minute of day of built"] == 630
    assert first["days to end of month of built"] == 1
    assert (first["weekend of built"], first["weekend of sold"]) == (0, 1)
    assert first["days from built to sold"] == 3
    assert made.iloc[1].filter(like="built").isna().all()


def test_texts_are_counted() -> None:
    table = pd.DataFrame({"t": pd.Series(["Two words. Two!", None], dtype="str")})

    made = TextStatistics(["t"]).fit(table).transform(table)

    first = made.iloc[0]
    assert (first["characters of t"], first["words of t"]) == (15, 3)
    assert (first["capitals of t"], first["sentences of t"]) == (2, 2)
    assert first["distinct words of t"] == 3
    assert first["share of signs in t"] == pytest.approx(2 / 15)
    assert made["characters of t"].iloc[1] == 0
    assert np.isnan(made["share of signs in t"].iloc[1])


def test_distances_find_the_middles_of_groups() -> None:
    random = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 50)
    noise = random.normal(size=150)
    table = pd.DataFrame({"a": 10.0 * group, "b": 10.0 * group + noise})

    made = ClusterDistances(["a", "b"], clusters=3).fit(table).transform(table)

    assert list(made.columns) == [f"distance to centre {n}" for n in (1, 2, 3)]
    assert (made.to_numpy().argmin(axis=1) == group).mean() > 0.95


def test_steps_see_the_columns_of_those_before_them() -> None:
    table = pd.DataFrame({"a": [6.0, 8.0], "b": [3.0, 2.0]})
    steps = Steps([PairwiseRatios(["a", "b"]), PairwiseProducts([("a / b", "b")])])

    made = steps.fit(table).transform(table)

    assert made.to_dict("list") == {"a / b * b": [6.0, 8.0]}
