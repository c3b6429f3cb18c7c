"""Estimators with real runs behind them."""

import copy
import gc
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes, make_blobs
from sklearn.impute import SimpleImputer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sage_loop import SageLoopClassifier, SageLoopClusterer, SageLoopRegressor, load
from sage_loop.estimators import base
from sage_loop.estimators.engine import Engine, shared_engine
from sage_loop.estimators.errors import (
    EngineError,
    InputError,
    NoModelError,
    SageLoopWarning,
)

ROOT = Path(__file__).parents[3]
Rows = tuple[pd.DataFrame, pd.Series]

pytestmark = pytest.mark.deep


def test_weights_decide_which_rows_count(quick: dict[str, object]) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(400, 3))
    is_new = np.arange(400) % 2 == 0
    # In old rows the rule is the other way round.
    y = (X[:, 0] > 0) ^ ~is_new

    model = SageLoopClassifier(**quick)  # type: ignore[arg-type]
    model.fit(X, y, sample_weight=np.where(is_new, 1.0, 0.0))

    assert model.score(X[is_new], y[is_new]) > 0.9
    assert model.n_features_in_ == 3


class TestAFittedClassifier:
    def test_an_earlier_fit_stays_where_another_one_fails(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        table, label = rows
        model = copy.copy(fitted).set_params(metric="no_such_metric")
        three = np.arange(len(table)) % 3

        with pytest.raises(InputError, match="no_such_metric"):
            model.fit(table[["size", "shop"]], three)

        assert model.classes_.tolist() == [3, 7]
        assert model.n_features_in_ == table.shape[1]
        assert set(model.predict(table)) <= set(label)

    def test_it_predicts_labels_of_their_own_kind(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        table, label = rows

        assert fitted.classes_.tolist() == [3, 7]
        assert fitted.predict(table).dtype == label.dtype
        assert fitted.score(table, label) > 0.8
        np.testing.assert_allclose(fitted.predict_proba(table).sum(axis=1), 1)

    def test_it_tells_what_its_run_was(self, fitted: SageLoopClassifier) -> None:
        assert (fitted.run_ / "events.jsonl").is_file()
        assert fitted.report_["status"] == "done"
        assert fitted.leaderboard_["weight"].iloc[0] == 1.0

    def test_the_larger_label_is_the_positive_class(
        self, fitted: SageLoopClassifier
    ) -> None:
        task = fitted.report_["task"]

        assert isinstance(task, dict)
        assert task["classes"] == ["3", "7"]

    def test_ten_thousand_rows_take_less_than_a_fifth_of_a_second_once_warm(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        many = pd.concat([rows[0]] * 84).head(10_000)
        fitted.predict(many)
        times = []
        for _ in range(7):
            started = time.perf_counter()
            fitted.predict(many)
            times.append(time.perf_counter() - started)

        assert min(times) < 0.2

    def test_unusual_values_are_told(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        with pytest.warns(SageLoopWarning, match="'moon'"):
            said = fitted.predict(rows[0].head(3).assign(shop="moon"))

        assert len(said) == 3

    def test_missing_columns_are_told(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        with pytest.raises(ValueError, match="shop"):
            fitted.predict(rows[0].drop(columns="shop"))

    def test_a_notebook_shows_scores_and_the_leaderboard(
        self, fitted: SageLoopClassifier
    ) -> None:
        shown = fitted._repr_mimebundle_()

        assert "development roc_auc" in shown["text/html"]
        assert "c00-v1" in shown["text/html"]

    def test_a_pickle_works_where_the_run_is_gone(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        expected = fitted.predict_proba(rows[0])

        twin = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own
        other = copy.deepcopy(fitted)

        assert twin.run_ != fitted.run_ != other.run_
        np.testing.assert_array_equal(twin.predict_proba(rows[0]), expected)
        np.testing.assert_array_equal(other.predict_proba(rows[0]), expected)
        assert twin.leaderboard_.equals(fitted.leaderboard_)

    def test_threads_may_ask_at_once(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        expected = fitted.predict_proba(rows[0])
        answers: list[bool] = []

        def ask() -> None:
            answers.append(bool((fitted.predict_proba(rows[0]) == expected).all()))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert answers == [True] * 4

    def test_the_engine_may_end_and_is_started_again(
        self, fitted: SageLoopClassifier, rows: Rows
    ) -> None:
        expected = fitted.predict_proba(rows[0])
        shared_engine()._process.kill()
        shared_engine()._process.wait()

        np.testing.assert_array_equal(fitted.predict_proba(rows[0]), expected)


class TestTheRunsFolder:
    def test_a_temporary_run_goes_with_its_estimator(
        self, fitted: SageLoopClassifier
    ) -> None:
        twin = copy.deepcopy(fitted)
        folder = twin.run_
        assert folder.is_dir()

        del twin
        gc.collect()

        assert not folder.exists()

    def test_a_run_that_was_named_stays_and_is_loaded_as_it_was(
        self, rows: Rows, quick: dict[str, object], tmp_path: Path
    ) -> None:
        table, label = rows
        label = label.map({3: "low", 7: "high"})
        model = SageLoopClassifier(**quick, run_dir=tmp_path / "run", positive="low")  # type: ignore[arg-type]
        expected = model.fit(table, label).predict_proba(table)
        parameters = model.get_params() | {"run_dir": str(tmp_path / "run")}
        del model
        gc.collect()

        loaded = load(tmp_path / "run")

        assert isinstance(loaded, SageLoopClassifier)
        assert loaded.get_params() == parameters
        assert loaded.classes_.tolist() == ["high", "low"]
        np.testing.assert_array_equal(loaded.predict_proba(table), expected)
        with pytest.raises(InputError, match="in use"):
            loaded.fit(table, label)

    def test_a_run_of_the_command_line_is_loaded_with_its_labels(
        self, tmp_path: Path
    ) -> None:
        table = pd.read_csv(ROOT / "examples" / "german_credit.csv")
        label = " " + table["class"].astype(str)
        path = tmp_path / "credit.csv"
        table.assign(**{"class": label}).to_csv(path, index=False)
        command = [sys.executable, str(ROOT / "run.py"), "fit", str(path)]
        options = ["--target", "class", "--trials", "3", "--feature-rounds", "0"]
        where = ["--run-dir", str(tmp_path / "run"), "--validation", "holdout"]
        subprocess.run([*command, *options, *where], check=True, capture_output=True)

        loaded = load(tmp_path / "run")

        assert isinstance(loaded, SageLoopClassifier)
        assert loaded.classes_.tolist() == sorted(set(label))
        assert loaded.score(table.drop(columns="class"), label) > 0.7

    def test_a_folder_without_a_run_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"predictor\.json"):
            load(tmp_path)


class TestOtherTasks:
    def test_numbers_are_predicted(self, quick: dict[str, object]) -> None:
        table, target = load_diabetes(return_X_y=True)

        model = SageLoopRegressor(**quick).fit(table, target)  # type: ignore[arg-type]

        assert model.score(table, target) > 0.4
        assert model.n_features_in_ == 10

    def test_clusters_are_found_and_new_rows_join_them(
        self, quick: dict[str, object]
    ) -> None:
        table, _ = make_blobs(200, centers=3, random_state=0, cluster_std=0.5)

        model = SageLoopClusterer(**quick, clusters=3).fit(table)  # type: ignore[arg-type]

        assert sorted(set(model.labels_.tolist())) == [0, 1, 2]
        np.testing.assert_array_equal(model.predict(table), model.labels_)

    def test_rows_without_structure_are_one_cluster_and_so_are_new_ones(
        self, quick: dict[str, object]
    ) -> None:
        table = np.random.default_rng(0).uniform(size=(120, 4))

        model = SageLoopClusterer(**quick).fit(table)  # type: ignore[arg-type]

        assert set(model.labels_.tolist()) == {0}
        assert model.predict(table[:7]).tolist() == [0] * 7


class TestAmongOthers:
    def test_it_ends_a_pipeline_that_hands_frames_on(
        self, rows: Rows, quick: dict[str, object]
    ) -> None:
        numbers = make_column_selector(dtype_include=np.number)
        filled = make_column_transformer(
            (SimpleImputer(), numbers),
            remainder="passthrough",
            verbose_feature_names_out=False,
        )
        model = SageLoopClassifier(**quick)  # type: ignore[arg-type]

        pipeline = make_pipeline(filled, model).set_output(transform="pandas")
        pipeline.fit(*rows)

        assert list(model.feature_names_in_) == ["size", "shop", "day", "is_new"]
        assert pipeline.score(*rows) > 0.8

    def test_it_is_cross_validated(self, rows: Rows, quick: dict[str, object]) -> None:
        model = SageLoopClassifier(**quick)  # type: ignore[arg-type]

        scores = cross_val_score(model, *rows, cv=2)

        assert scores.mean() > 0.7


class TestWhatGoesWrong:
    def test_an_option_that_makes_no_sense_is_named(self, rows: Rows) -> None:
        with pytest.raises(InputError, match="--trials must be at least"):
            SageLoopClassifier(trials=1).fit(*rows)
        with pytest.raises(InputError, match="workers='many'"):
            SageLoopClassifier(workers="many").fit(*rows)  # type: ignore[arg-type]
        with pytest.raises(InputError, match=r"no column 'shopp'.*'shop'"):
            SageLoopClassifier(group="shopp").fit(*rows)

    def test_a_run_without_a_model_is_told_and_leaves_the_old_one(
        self, rows: Rows, quick: dict[str, object], tmp_path: Path
    ) -> None:
        (tmp_path / "none.json").write_text('{"answers": []}')
        model = SageLoopClassifier(**quick)  # type: ignore[arg-type]

        model.set_params(proposer=f"scripted:{tmp_path / 'none.json'}")

        with pytest.raises((NoModelError, InputError)):
            model.fit(*rows)

    def test_an_engine_that_dies_says_so(self, rows: Rows) -> None:
        engine = Engine()
        engine._process.kill()
        engine._process.wait()

        with pytest.raises(EngineError, match="ended"):
            engine.ask({"do": "close", "run": "x"})
        engine.close()

    @pytest.mark.usefixtures("interruptible")
    def test_an_interrupt_leaves_a_usable_estimator(
        self, rows: Rows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(base, "choose_bar", lambda wanted: Impatience(times=1))
        model = SageLoopClassifier(budget="30m", feature_rounds=0, workers=1)

        with pytest.warns(SageLoopWarning, match="interrupted"):
            model.fit(*rows)

        assert model.report_["status"] == "cancelled"
        assert model.score(*rows) > 0.7

    @pytest.mark.usefixtures("interruptible")
    def test_a_second_interrupt_ends_at_once(
        self, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(base, "choose_bar", lambda wanted: Impatience(times=2))
        run = tmp_path / "run"
        model = SageLoopClassifier(budget="30m", workers=1, run_dir=run)

        with pytest.raises(KeyboardInterrupt):
            model.fit(*rows)

        assert not hasattr(model, "_run")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Interrupts raise, even where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Impatience:
    """Interrupts, like Ctrl-C, once a candidate is pooled."""

    def __init__(self, times: int) -> None:
        self.times = times

    def show(self, news: dict[str, object]) -> None:
        if news["pooled"] and self.times:
            self.times -= 1
            signal.raise_signal(signal.SIGINT)

    def close(self) -> None:
        """Nothing is shown."""
