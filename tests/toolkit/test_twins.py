"""New columns that repeat another are found."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from toolkit.twins import NO_TWIN, find_twins

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed

ROWS = 200


def test_the_repeated_column_is_named_up_to_order_and_sign() -> None:
    random = np.random.default_rng(0)
    old = pd.DataFrame(
        {
            "level": pd.Categorical(random.choice(list("ab"), ROWS)),
            "a": random.normal(size=ROWS),
        }
    )
    fresh = random.normal(size=ROWS)
    new = np.column_stack([np.exp(old["a"]), fresh, -fresh, fresh**3 + 1e-3, fresh**2])

    twins = find_twins(old, new)

    assert twins.tolist() == [1, NO_TWIN, 3, 3, NO_TWIN]


def test_missing_values_do_not_hide_a_twin() -> None:
    values = np.random.default_rng(0).normal(size=ROWS)
    values[:40] = np.nan

    assert find_twins(pd.DataFrame({"a": values}), 2 * values[:, None]).tolist() == [0]


def test_constants_and_gaps_are_twins_of_nobody(mixed: "MakeMixed") -> None:
    table = mixed(ROWS, 0).table
    new = np.column_stack([np.full(ROWS, np.nan), np.ones(ROWS), np.ones(ROWS)])

    assert find_twins(table, new).tolist() == [NO_TWIN] * 3
