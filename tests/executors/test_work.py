"""The five modes, each in a real worker."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from executors.outcome import JobFailure, JobSuccess
from executors.program import ViewSource

if TYPE_CHECKING:
    from tests.executors.conftest import Bench


BUILD = """
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
def columns():
    return make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_include="category"),
        ),
        remainder="passthrough",
    )
"""

LOGISTIC = (
    BUILD
    + """
from sklearn.linear_model import LogisticRegression
class Candidate:
    def __init__(self, spec):
        self.spec = spec
    def fit(self, X, y, weight=None):
        self.columns = list(X.columns)
        self.weight = None if weight is None else float(weight.sum())
        self.model = make_pipeline(columns(), LogisticRegression(C=1000)).fit(X, y)
    def predict_proba(self, X):
        assert list(X.columns) == self.columns
        return self.model.predict_proba(X)
"""
)

RATIO = """
class Features:
    def fit(self, X, y=None):
        self.mean = X["a"].mean()
    def transform(self, X):
        return X[["a"]].assign(a=X["a"] - self.mean, big=X["a"] > 0, n=X["b"].round())
"""

TARGET_MEAN = """
class Features:
    needs_y = True
    def fit(self, X, y=None):
        self.rows, self.mean = len(X), float(y.mean())
    def transform(self, X):
        import pandas as pd
        return pd.DataFrame({"mean": self.mean, "rows": self.rows}, index=X.index)
"""

CLUSTERER = """
from sklearn.cluster import KMeans
class Candidate:
    def __init__(self, spec):
        self.spec = spec
    def fit(self, X):
        self.model = KMeans(self.spec.clusters, random_state=self.spec.seed)
        self.model.fit(X[["a", "b"]])
    def predict(self, X):
        return self.model.predict(X[["a", "b"]])
"""


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


async def test_columns_of_a_view_that_clash_are_prefixed(bench: "Bench") -> None:
    source = LOGISTIC.replace(
        "self.columns = list(X.columns)",
        "self.columns = list(X.columns); print(self.columns)",
    )
    view = (
        ViewSource(name="ratio", source=RATIO, columns=("a", "n")),
        ViewSource(name="again", source=RATIO, columns=("n",)),
    )

    outcome = await bench.success(bench.program(source, view=view))

    assert "['a', 'b', 'c', 'ratio__a', 'n', 'again__n']" in outcome.output


async def test_programs_that_need_the_target_are_cross_fitted(bench: "Bench") -> None:
    source = LOGISTIC.replace(
        "self.columns = ",
        'print("train", sorted(set(X["rows"])), X["mean"].nunique())\n'
        "        self.columns = ",
    ).replace(
        "assert list", 'print("valid", sorted(set(X["rows"])))\n        assert list'
    )
    view = (ViewSource(name="te", source=TARGET_MEAN, columns=("mean", "rows")),)

    outcome = await bench.success(bench.program(source, view=view))

    assert "train [48.0]" in outcome.output
    assert "valid [60.0]" in outcome.output


async def test_a_kept_model_predicts_the_same_in_another_process(
    bench: "Bench",
) -> None:
    view = (ViewSource(name="ratio", source=RATIO, columns=("a", "n")),)
    program = bench.program(LOGISTIC, view=view, keeps_model=True)
    fitted = await bench.success(program)
    assert fitted.model is not None
    bench.hand_in("model_0", fitted.model)
    bench.hand_in("model_1", fitted.model)
    bench.hand_in("x", bench.valid)
    again = bench.program(LOGISTIC, "predict", view=view)

    outcome = await bench.success(again, ("x", "model_0", "model_1"))

    assert np.allclose(outcome.values, fitted.values)


async def test_the_prediction_of_several_models_is_their_mean(bench: "Bench") -> None:
    bench.hand_in("x", bench.valid)

    def leveled(level: float) -> str:
        return textwrap.dedent(f"""
        class Candidate:
            def __init__(self, spec): pass
            def fit(self, X, y): self.level = {level}
            def predict_proba(self, X): return [[1 - self.level, self.level]] * len(X)
        """)

    for number, level in enumerate((0.2, 0.6)):
        program = bench.program(leveled(level), keeps_model=True)
        fitted = await bench.success(program)
        assert fitted.model is not None
        bench.hand_in(f"model_{number}", fitted.model)
    program = bench.program(leveled(0.2), "predict")

    outcome = await bench.success(program, ("x", "model_0", "model_1"))

    assert np.allclose(outcome.values, [0.6, 0.4])


async def test_a_clusterer_labels_its_rows_and_later_new_ones(bench: "Bench") -> None:
    program = bench.program(
        CLUSTERER, "cluster", task="clustering", rows=60, columns=1, keeps_model=True
    )
    fitted = await bench.success(program, inputs=("train_x",))
    assert fitted.model is not None
    bench.hand_in("model_0", fitted.model)
    bench.hand_in("x", bench.train)
    later = bench.program(CLUSTERER, "predict", task="clustering", rows=60, columns=1)

    outcome = await bench.success(later, ("x", "model_0"))

    assert set(fitted.values.ravel()) == {0, 1, 2}
    assert np.array_equal(outcome.values, fitted.values)


async def test_several_clusterers_have_no_mean(bench: "Bench") -> None:
    bench.hand_in("model_0", b"")
    bench.hand_in("model_1", b"")
    bench.hand_in("x", bench.train)
    program = bench.program(CLUSTERER, "predict", task="clustering", rows=60, columns=1)

    outcome = await bench.failure(program, ("x", "model_0", "model_1"))

    assert outcome.kind == "contract"


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


async def test_columns_are_judged_by_trusted_code(bench: "Bench") -> None:
    useful = (bench.target * 2.0).reshape(-1, 1)
    noise = np.random.default_rng(1).normal(size=(60, 1))
    bench.hand_in("new_x", np.hstack([useful, noise]))
    program = bench.program("", "judge", rows=2, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y", "new_x"))

    assert outcome.values.shape == (2, 4)
    assert outcome.values[0, 2] > outcome.values[1, 2]


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


async def test_new_columns_are_judged_without_a_target_too(bench: "Bench") -> None:
    random = np.random.default_rng(1)
    groups = np.repeat([0.0, 10.0], 30) + random.normal(size=60)
    bench.hand_in("new_x", np.column_stack([groups, bench.train["a"]]))
    program = bench.program("", "judge", task="clustering", rows=2, columns=None)

    outcome = await bench.success(program, ("train_x", "new_x"))

    importance, chance, _, twin = outcome.values.T
    assert importance[0] > chance[0]
    assert twin.tolist() == [-1.0, 0.0]


async def test_a_clusterer_fitted_to_some_rows_labels_others(bench: "Bench") -> None:
    program = bench.program(CLUSTERER, "cluster", task="clustering", columns=1)

    outcome = await bench.success(program, ("train_x", "valid_x"))

    assert outcome.values.shape == (40, 1)


async def test_a_survey_measures_each_number_of_clusters(bench: "Bench") -> None:
    program = bench.program("", "survey", task="clustering", rows=8, columns=None)

    outcome = await bench.success(program, ("train_x",))

    numbers = outcome.values[:, 0]
    known = numbers[numbers > 0]
    assert known.tolist() == list(range(1, len(known) + 1))
    assert outcome.values.shape == (8, 9)


async def test_the_chosen_columns_of_several_programs_come_together(
    bench: "Bench",
) -> None:
    view = (
        ViewSource(name="ratio", source=RATIO, columns=("n", "a")),
        ViewSource(name="te", source=TARGET_MEAN, columns=("mean",)),
    )
    program = bench.program("", "features", view=view, rows=60, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y"))

    assert outcome.names == ("n", "ratio__a", "mean")
    assert outcome.values.shape == (60, 3)


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


async def test_a_clusterer_is_fitted_twice_as_well(bench: "Bench") -> None:
    source = CLUSTERER.replace("self.spec.seed", "np.random.default_rng().integers(99)")
    source = f"import numpy as np\n{source}"
    program = bench.program(source, "cluster", task="clustering", rows=60, columns=1)

    outcome = await bench.failure(
        program.model_copy(update={"fits_twice": True}), inputs=("train_x",)
    )

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


async def test_rows_put_aside_are_not_judged(bench: "Bench") -> None:
    new = np.where(np.arange(60) < 30, np.nan, bench.target * 2.0)[:, None]
    bench.hand_in("new_x", new)
    program = bench.program("", "judge", rows=1, columns=None)

    outcome = await bench.success(program, ("train_x", "train_y", "new_x"))

    importance, chance, statistic, _ = outcome.values[0]
    assert importance > chance
    assert statistic > 0.3


async def test_a_program_without_its_class_fails_while_it_is_loaded(
    bench: "Bench",
) -> None:
    program = bench.program("x = 1", "features", rows=60, columns=None)

    outcome = await bench.failure(program, ("train_x", "train_y"))

    assert (outcome.stage, outcome.kind) == ("load", "contract")
