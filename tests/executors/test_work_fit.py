"""Candidates are fitted, each in a real worker."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from executors.outcome import JobFailure, JobSuccess
from executors.program import ViewSource
from tests.executors.programs import LOGISTIC, RATIO

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


async def test_a_fit_returns_probabilities_of_the_validation_rows(
    bench: "Bench",
) -> None:
    outcome = await bench.success(bench.program(LOGISTIC))

    assert outcome.values.shape == (40, 2)
    assert outcome.values.dtype == np.float64
    predicted = outcome.values[:, 1] > 0.5
    assert (predicted == (bench.valid["a"] > 0)).mean() > 0.9
    assert outcome.model is None
    assert outcome.names == ()
    assert outcome.usage.cpu_seconds > 0
    assert outcome.usage.peak_bytes > 10**7


async def test_a_regression_fit_returns_one_column(bench: "Bench") -> None:
    source = """
class Candidate:
    def __init__(self, spec):
        assert spec.task == "regression" and spec.n_classes == 0
    def fit(self, X, y, weight=None):
        self.mean = y.mean()
    def predict(self, X):
        return X["a"] * 0 + self.mean
"""
    program = bench.program(source, task="regression", columns=1)

    outcome = await bench.success(program)

    assert outcome.values.shape == (40, 1)
    assert np.allclose(outcome.values, bench.target.mean())


async def test_the_weight_is_passed_only_if_it_was_given(bench: "Bench") -> None:
    bench.hand_in("train_weight", np.full(60, 0.5))
    source = LOGISTIC.replace(
        "return self.model.predict_proba(X)",
        "return [[self.weight is None, self.weight is not None]] * len(X)",
    )
    with_weight = ("train_x", "train_y", "train_weight", "valid_x")

    without = await bench.success(bench.program(source))
    given = await bench.success(bench.program(source), inputs=with_weight)

    assert without.values[0].tolist() == [1, 0]
    assert given.values[0].tolist() == [0, 1]


async def test_the_spec_tells_the_task_and_the_kinds_of_new_columns(
    bench: "Bench",
) -> None:
    source = LOGISTIC.replace(
        "self.columns = ",
        "from toolkit.spec import Spec\n"
        "        assert isinstance(self.spec, Spec)\n"
        "        print(self.spec.kinds, self.spec.classes, self.spec.seed)\n"
        "        self.columns = ",
    )
    view = (ViewSource(name="ratio", source=RATIO, columns=("big", "a")),)

    outcome = await bench.success(bench.program(source, view=view))

    assert "'big': 'numeric', 'ratio__a': 'numeric'" in outcome.output
    assert "('no', 'yes') 7" in outcome.output


@pytest.mark.parametrize(
    "estimator",
    [
        "from lightgbm import LGBMClassifier as M; m = M(n_estimators=5, n_jobs=2)",
        "from sklearn.ensemble import HistGradientBoostingClassifier as M; m = M()",
        "from catboost import CatBoostClassifier as M; m = M(5, thread_count=2)",
        "from sklearn.ensemble import RandomForestClassifier as M; m = M(n_jobs=-1)",
    ],
    ids=["lightgbm", "histgb", "catboost", "forest"],
)
async def test_threaded_libraries_work_in_workers(
    bench: "Bench", estimator: str
) -> None:
    program = bench.candidate(
        fit=f"{estimator}; self.m = m.fit(X[['a', 'b']], y)",
        predict="return self.m.predict_proba(X[['a', 'b']])",
    )

    outcome = await bench.success(program)

    assert outcome.values.shape == (40, 2)


async def test_global_random_numbers_follow_the_seed(bench: "Bench") -> None:
    draw = "import random; print(random.random(), np.random.rand())"

    first = await bench.success(bench.candidate(fit=draw))
    second = await bench.success(bench.candidate(fit=draw))

    assert first.output == second.output != ""


async def test_columns_arrive_with_their_kinds(bench: "Bench") -> None:
    odd = pd.DataFrame(
        {
            "number": [1.0, np.nan, 3.0],
            "flag": [True, False, True],
            "maybe": pd.array([True, None, False], dtype="boolean"),
            "level": pd.Categorical(["x", None, "y"], categories=["y", "x", "unseen"]),
            "text": pd.Series(["some", None, "words"], dtype="str"),
            "when": pd.to_datetime(pd.Series(["2020-01-01", None, "2021-02-03"])),
        }
    )
    bench.hand_in("train_x", odd)
    bench.hand_in("valid_x", odd)
    bench.hand_in("train_y", np.array([0, 1, 0]))
    program = bench.candidate(
        fit="print([str(t) for t in X.dtypes], list(X['level'].cat.categories),"
        " X['level'].cat.categories.dtype, X.isna().sum().tolist(), y.dtype,"
        " type(X.index).__name__)"
    ).model_copy(update={"rows": 3})

    outcome = await bench.success(program)

    assert outcome.output == (
        "['float64', 'bool', 'boolean', 'category', 'str', 'datetime64[us]']"
        " ['y', 'x', 'unseen'] str [1, 0, 1, 1, 1, 1] int64 RangeIndex\n"
    )


RANDOM = "return np.tile({seeded}.dirichlet([1.0, 1.0]), (len(X), 1))"


@pytest.mark.parametrize(
    ("seeded", "is_steady"),
    [
        ("np.random.default_rng(self.spec.seed)", True),
        ("np.random", True),
        ("np.random.default_rng()", False),
    ],
)
async def test_a_second_fit_shows_what_no_seed_decides(
    bench: "Bench", seeded: str, *, is_steady: bool
) -> None:
    program = bench.candidate(predict=RANDOM.format(seeded=seeded))

    outcome = await bench.run(program.model_copy(update={"fits_twice": True}))

    if is_steady:
        assert isinstance(outcome, JobSuccess)
    else:
        assert isinstance(outcome, JobFailure)
        assert outcome.kind == "contract"
        assert "with the same seed" in outcome.message


async def test_what_a_candidate_does_to_its_rows_stays_without_effect(
    bench: "Bench",
) -> None:
    spoil = "X['a'] = 0.0; X.drop(columns=['b'], inplace=True)"
    look = "assert list(X.columns) == ['a', 'b', 'c'] and X['a'].nunique() > 1"
    program = bench.candidate(
        fit=f"{look}; assert y.nunique() > 1; {spoil}; y[:] = 1",
        predict=f"{look}; {spoil}",
    )

    outcome = await bench.run(program.model_copy(update={"fits_twice": True}))

    assert isinstance(outcome, JobSuccess), outcome
