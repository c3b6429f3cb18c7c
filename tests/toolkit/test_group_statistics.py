"""Group statistics."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.group_statistics import GroupStatistics

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed

TRAIN = pd.DataFrame(
    {"job": pd.Categorical(["x", "x", "y", None]), "age": [10.0, 30.0, np.nan, 50.0]}
)


def test_statistics_agree_with_pandas_on_training_rows(mixed: "MakeMixed") -> None:
    table = mixed(100, 0).table
    made = GroupStatistics([("town", "height")]).fit(table).transform(table)

    mean = table.groupby("town", observed=True)["height"].transform("mean")
    pd.testing.assert_series_equal(
        made["height - mean by town"], table["height"] - mean, check_names=False
    )
    pd.testing.assert_series_equal(
        made["height / mean by town"], table["height"] / mean, check_names=False
    )


def test_unseen_missing_and_empty_groups_give_missing_values() -> None:
    block = GroupStatistics([("job", "age")]).fit(TRAIN)
    later = pd.DataFrame(
        {"job": pd.Categorical(["new", None, "y", "x"]), "age": [1.0] * 4}
    )

    made = block.transform(later)

    np.testing.assert_array_equal(made["age - mean by job"], [np.nan] * 3 + [-19.0])
    np.testing.assert_array_equal(made["rows of job"], [np.nan, np.nan, 1.0, 2.0])


def test_the_target_is_not_looked_at() -> None:
    first = GroupStatistics([("job", "age")]).fit(TRAIN, [1, 2, 3, 4]).transform(TRAIN)
    second = GroupStatistics([("job", "age")]).fit(TRAIN).transform(TRAIN)

    pd.testing.assert_frame_equal(first, second)
