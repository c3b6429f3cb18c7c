"""What all estimators share, as far as it needs no run."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from typer.testing import CliRunner

from run import app
from sage_loop import SageLoopClassifier, SageLoopClusterer, SageLoopRegressor
from sage_loop.estimators.base import SageLoopEstimator
from sage_loop.estimators.errors import InputError

ROOT = Path(__file__).parents[3]
KINDS = [SageLoopClassifier, SageLoopRegressor, SageLoopClusterer]
NOT_OF_PYTHON = {"target", "task", "test", "sheet", "json", "help"}
"""Options of `fit` that a class, X and y take the place of."""


def test_importing_it_shows_none_of_the_engines_modules() -> None:
    told = (
        "import sys; before = list(sys.path); import sage_loop\n"
        "sage_loop.SageLoopClassifier(), sage_loop.SageLoopClusterer()\n"
        "rooms = {'agents', 'bus', 'cli', 'engine', 'executors', 'proposers',"
        " 'reports', 'run', 'schemas', 'tabular', 'toolkit'}\n"
        "print(rooms & {name.split('.')[0] for name in sys.modules}, before == sys.path)"
    )
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "set() True\n"


def test_a_name_that_is_not_there_is_told() -> None:
    import sage_loop  # noqa: PLC0415

    with pytest.raises(AttributeError, match="has no attribute 'SageLoopForecaster'"):
        _ = sage_loop.SageLoopForecaster


def test_parameters_are_the_options_of_the_command_line() -> None:
    plain = {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    shown = CliRunner(env=plain).invoke(app, ["fit", "--help"]).stdout
    options = {
        name.removeprefix("no-").replace("-", "_")
        for name in re.findall(r"--([a-z][a-z-]*)", shown)
    }
    parameters = {name for kind in KINDS for name in inspect.signature(kind).parameters}

    assert parameters - {"progress"} == options - NOT_OF_PYTHON


def test_defaults_are_those_of_the_command_line_but_for_the_test() -> None:
    told = inspect.signature(app.registered_commands[0].callback)  # type: ignore[arg-type]
    shared = inspect.signature(SageLoopEstimator).parameters
    other = {
        name
        for name, parameter in shared.items()
        if name in told.parameters
        and told.parameters[name].default != parameter.default
    }

    assert other == {"test_size"}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_cloned_with_its_parameters(kind: type[SageLoopEstimator]) -> None:
    model = kind(budget="60s", drop=["a"], kind={"b": "category"}, run_dir="x")

    assert clone(model).get_params() == model.get_params()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["run_", "report_", "leaderboard_", "predict"])
def test_nothing_can_be_had_before_a_fit(
    kind: type[SageLoopEstimator], what: str
) -> None:
    with pytest.raises(NotFittedError):
        getattr(kind(), what)(np.zeros((2, 2)))


@pytest.mark.parametrize("kind", [SageLoopClassifier, SageLoopRegressor])
def test_a_missing_target_is_told(kind: type[SageLoopEstimator]) -> None:
    with pytest.raises(InputError, match="requires y to be passed"):
        kind().fit(np.zeros((30, 2)), None)


def test_a_single_class_is_told() -> None:
    with pytest.raises(InputError, match="one class: '1'"):
        SageLoopClassifier().fit(np.zeros((30, 2)), np.ones(30))


def test_an_empty_table_is_told() -> None:
    with pytest.raises(InputError, match="0 rows"):
        SageLoopClusterer().fit(pd.DataFrame({"a": []}))


def test_two_columns_of_one_name_are_told() -> None:
    table = pd.DataFrame(np.zeros((30, 2)), columns=["a", "a"])

    with pytest.raises(InputError, match="two columns are called 'a'"):
        SageLoopClusterer().fit(table)


@pytest.mark.parametrize("kind", [SageLoopClassifier, SageLoopRegressor])
class TestWeights:
    X = np.arange(60.0).reshape(30, 2)
    y = np.arange(30) % 2

    def test_weights_are_named_once(self, kind: type[SageLoopEstimator]) -> None:
        table = pd.DataFrame(self.X, columns=["a", "w"])

        with pytest.raises(InputError, match="leave sample_weight out"):
            kind(weight="w").fit(table, self.y, sample_weight=self.y)

    @pytest.mark.parametrize(
        "weights", [np.ones(29), np.ones((30, 2)), np.full(30, np.nan)]
    )
    def test_weights_that_fit_no_row_are_refused(
        self, kind: type[SageLoopEstimator], weights: np.ndarray
    ) -> None:
        with pytest.raises(ValueError, match=r"sample|shape|NaN"):
            kind().fit(self.X, self.y, sample_weight=weights)

    def test_a_frame_gets_a_column_that_no_other_has(
        self, kind: type[SageLoopEstimator]
    ) -> None:
        frame = pd.DataFrame({"sample_weight": [1.0, 2.0]})

        laid = kind()._lay_out(frame, [3, 4])

        assert laid.roles == {"weight": "sample_weight_"}
        assert laid.frame["sample_weight_"].tolist() == [3.0, 4.0]
        assert list(frame.columns) == ["sample_weight"]
        assert kind()._lay_out(frame, None).roles == {}

    def test_rows_of_weight_zero_are_left_out(
        self, kind: type[SageLoopEstimator]
    ) -> None:
        laid = kind()._lay_out(self.X, self.y)

        assert laid.frame["x1"].tolist() == self.X[1::2, 1].tolist()
        with pytest.raises(InputError, match="every row is zero"):
            kind()._lay_out(self.X, np.zeros(30))
