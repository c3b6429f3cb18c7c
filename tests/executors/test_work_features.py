"""Feature programs make columns, each in a real worker."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.executors.programs import RATIO, TARGET_MEAN

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_a_feature_program_returns_its_columns_as_numbers(bench: "Bench") -> None:
    program = bench.program(RATIO, "features", rows=60, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y"))

    assert outcome.names == ("a", "big", "n")
    assert outcome.values.shape == (60, 3)
    assert abs(outcome.values[:, 0].mean()) < 1e-9
    assert set(outcome.values[:, 1]) == {0.0, 1.0}


async def test_a_feature_program_may_make_missing_values_and_no_infinite_ones(
    bench: "Bench",
) -> None:
    source = """
import numpy as np
class Features:
    def fit(self, X, y=None): pass
    def transform(self, X):
        return X[["a"]].assign(a=np.where(X["a"] > 0, np.inf, np.nan), one=1)
"""
    program = bench.program(source, "features", rows=60, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y"))

    assert np.isnan(outcome.values[:, 0]).all()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("X[['c']]", "column 'c' of dtype category"),
        ("X[['a']].head(5)", "5 rows, expected 60"),
        ("X[['a']].reset_index(drop=True).sample(frac=1, random_state=0)", "index"),
        ("X['a'].to_numpy()", "ndarray, expected a DataFrame"),
        ("pd.concat([X[['a']]] * 2, axis=1)", "same name"),
        ("pd.DataFrame({f'c{i}': X['a'] for i in range(501)})", "made 501 columns"),
        ("X[[]]", "made 0 columns"),
        ("X[['a']].rename(columns={'a': 'x' * 300})", "bad name"),
        ("X[['a']].rename(columns={'a': 'x\\x07'})", "bad name"),
        ("X[['a']].rename(columns={'a': 5})", "not text"),
    ],
)
async def test_new_columns_that_break_the_contract_are_named(
    bench: "Bench", made: str, message: str
) -> None:
    source = f"""
import pandas as pd
class Features:
    def fit(self, X, y=None): pass
    def transform(self, X): return {made}
"""
    program = bench.program(source, "features", rows=60, columns=None)

    outcome = await bench.failure(program, ("train_x", "train_y"))

    assert outcome.kind == "contract"
    assert message in outcome.message


async def test_new_columns_of_a_clustering_are_no_labels(bench: "Bench") -> None:
    program = bench.program(RATIO, "features", task="clustering", rows=60, columns=None)

    outcome = await bench.success(program, ("train_x",))

    assert outcome.names == ("a", "big", "n")


async def test_what_looks_at_targets_is_judged_on_other_rows(bench: "Bench") -> None:
    program = bench.program(TARGET_MEAN, "features", rows=60, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y"))

    mean, rows = outcome.values.T
    assert np.isnan(mean).sum() == 30
    assert set(rows[~np.isnan(rows)]) == {30.0}


async def test_a_program_without_its_class_fails_while_it_is_loaded(
    bench: "Bench",
) -> None:
    program = bench.program("x = 1", "features", rows=60, columns=None)

    outcome = await bench.failure(program, ("train_x", "train_y"))

    assert (outcome.stage, outcome.kind) == ("load", "contract")
