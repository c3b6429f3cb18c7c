"""What the three estimators share: parameters, the way to the engine, what is left behind."""

import json
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from sage_loop.estimators.engine import Json, shared_engine
from sage_loop.estimators.errors import InputError, NoModelError, SageLoopWarning
from sage_loop.estimators.fitted_run import ESTIMATOR, RESULT, FittedRun, Predicted
from sage_loop.estimators.progress import choose_bar
from sage_loop.estimators.summary import summary_html
from sage_loop.estimators.tables import as_frame, column_names, free_name, write_table

Table = pd.DataFrame | npt.ArrayLike
Array = npt.NDArray[np.generic]

LEAST_ROWS = 2
_TABLE_OPTIONS = (
    "metric",
    "test_size",
    "validation",
    "group",
    "time",
    "weight",
    "label",
    "positive",
    "clusters",
    "describe",
)
_RUN_OPTIONS = (
    "budget",
    "trials",
    "workers",
    "memory",
    "proposer",
    "llm_model",
    "llm_config",
    "llm_budget",
    "llm_tokens",
    "llm_calls",
    "llm_timeout",
    "llm_rows",
    "seed",
    "feedback",
    "tuning",
    "feature_rounds",
    "model_rounds",
    "tuning_rounds",
    "ensemble",
    "isolation",
)


class LaidOut(NamedTuple):
    """Rows as a table for the engine.

    Attributes:
        frame: Columns of X, then those that were added.
        is_kept: Which rows of X are in it.
        roles: What the added columns are for.
    """

    frame: pd.DataFrame
    is_kept: npt.NDArray[np.bool_]
    roles: Json


@dataclass(kw_only=True, eq=False, repr=False)
class SageLoopEstimator(BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """A scikit-learn estimator whose fit is a run of the engine.

    The fields are the parameters; the constructors of all three estimators are made of them,
    with the plain signature that scikit-learn asks for.

    Args:
        budget: Time for the run, like `"60s"` or `"5m"`; five minutes by default.
        trials: Bound by trials instead: the same seed gives the same result.
        metric: What is optimised; the default depends on the task.
        workers: Worker processes at once; all cores by default.
        memory: Memory for all workers together, like `"8GB"`.
        proposer: `"expert"`, `"llm"`, `"hybrid"` or `"scripted:FILE"`.
        llm_model: The model that the `llm` proposer asks.
        llm_config: TOML file with an `[llm]` table.
        llm_budget: Most money that they may cost, like `"2USD"`.
        llm_tokens: Most tokens sent and received, like `"200k"`.
        llm_calls: Most calls.
        llm_timeout: Time for one call, like `"60s"`.
        llm_rows: Most example rows that a model is shown; 0 for none.
        seed: Seed of all that is drawn.
        run_dir: The run's folder, which must be new or empty. By default the run lives in
            a temporary folder that goes with the estimator.
        test_size: Share of rows to seal for a test of the run's own. None by default,
            because who calls `fit` holds rows back already.
        validation: `"cv"` or `"holdout"`.
        group: Column of X whose values must not stand on both sides of a split.
        time: Column of X that orders the rows.
        weight: Column of X with row weights.
        drop: Columns of X to leave out.
        drop_leaks: Leave out columns that tell the target alone, too, and keep copies
            of a row on one side of every split.
        kind: Column to kind, like `{"zip": "category"}`.
        describe: File that says what the columns mean, for the `llm` proposer.
        feedback: Whether candidates are refined by their scores.
        tuning: Whether hyperparameters are tuned.
        feature_rounds: How often feature programs are asked for.
        model_rounds: Refinements of one candidate at most.
        tuning_rounds: Times that a family is tuned at most.
        ensemble: How candidates are combined.
        isolation: `"strict"` refuses to run without all layers of the jail, `"auto"` without
            those that nothing else makes up for, `"any"` never.
        progress: False shows no progress bar.
    """

    _task: ClassVar[Literal["classification", "regression", "clustering"]]

    budget: str | None = None
    trials: int | None = None
    metric: str | None = None
    workers: int | None = None
    memory: str | None = None
    proposer: str = "expert"
    llm_model: str | None = None
    llm_config: str | Path | None = None
    llm_budget: str | None = None
    llm_tokens: str | None = None
    llm_calls: int | None = None
    llm_timeout: str | None = None
    llm_rows: int = 12
    seed: int = 0
    run_dir: str | Path | None = None
    test_size: float = 0.0
    validation: Literal["cv", "holdout"] = "cv"
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    drop: Sequence[str] | None = None
    drop_leaks: bool = False
    kind: Mapping[str, str] | None = None
    describe: str | Path | None = None
    feedback: bool = True
    tuning: bool = True
    feature_rounds: int = 1
    model_rounds: int | None = None
    tuning_rounds: int | None = None
    ensemble: str = "auto"
    isolation: Literal["auto", "strict", "any"] = "auto"
    progress: bool | None = None

    @property
    def run_(self) -> Path:
        """The run's folder."""
        return self._fitted().folder

    @property
    def report_(self) -> Json:
        """The run's summary, the content of `result.json`."""
        return self._fitted().read_json(RESULT)

    @property
    def leaderboard_(self) -> pd.DataFrame:
        """Every candidate that was scored, best first."""
        return self._fitted().leaderboard()

    def _fitted(self) -> FittedRun:
        check_is_fitted(self)
        run: FittedRun = self._run
        return run

    @contextmanager
    def _fit_as_a_whole(self) -> Iterator[None]:
        """Leave the estimator as an earlier fit left it if this one does not succeed."""
        before = dict(vars(self))
        with ExitStack() as on_failure:
            on_failure.callback(setattr, self, "__dict__", before)
            yield
            on_failure.pop_all()

    def _check_fit(self, X: Table) -> Table:
        """Check the rows to learn from and remember their columns."""
        return self._checked(X, is_fit=True)

    def _check_target(self, y: object) -> None:
        """Refuse a missing target in the words that scikit-learn has for it.

        Raises:
            InputError: There is none.
        """
        if y is None:
            raise InputError(
                f"This {type(self).__name__} estimator requires y to be passed, "
                "but the target y is None"
            )

    def _lay_out(self, X: Table, sample_weight: object) -> LaidOut:
        """Make a table of checked rows; rows of weight 0 are left out.

        Args:
            X: Checked rows.
            sample_weight: A number per row, 0 and up; None for no weights.

        Raises:
            InputError: Weights are named twice, or all of them are zero.
        """
        frame = as_frame(X, column_names(X))
        if sample_weight is None:
            return LaidOut(frame, np.full(len(frame), fill_value=True), {})
        if self.weight is not None:
            raise InputError(
                "weight names row weights already; leave sample_weight out"
            )
        weights = column_or_1d(
            sample_weight, dtype=np.float64, input_name="sample_weight"
        )
        check_consistent_length(frame, weights)
        assert_all_finite(weights, input_name="sample_weight")
        is_kept = weights != 0
        if not is_kept.any():
            raise InputError("the weight of every row is zero")
        name = free_name("sample_weight", list(frame.columns))
        frame[name] = weights
        kept = frame[is_kept].reset_index(drop=True)
        return LaidOut(kept, is_kept, {"weight": name})

    def _checked(self, X: Table, *, is_fit: bool) -> Table:
        least = LEAST_ROWS if is_fit else 1
        if not isinstance(X, pd.DataFrame):
            checked: Array = validate_data(
                self,
                X,
                reset=is_fit,
                dtype=None,
                ensure_all_finite="allow-nan",
                ensure_min_samples=least,
            )
            return checked
        column_names(X)
        validate_data(self, X, reset=is_fit, skip_check_array=True)
        if len(X) < least or not X.shape[1]:
            raise InputError(
                f"the table has {len(X)} rows (n_samples={len(X)}) and "
                f"{X.shape[1]} columns; at least {least} rows and a column are needed"
            )
        return X

    def _run_engine(self, frame: pd.DataFrame, roles: Json) -> FittedRun:
        """Make a run of a table and return it.

        Args:
            frame: All columns, the target included.
            roles: What the table's columns are for, besides the parameters.

        Raises:
            SageLoopError: The run failed.
        """
        folder = Path(self.run_dir or mkdtemp(prefix="sage-loop-run-")).absolute()
        with ExitStack() as on_failure:
            if self.run_dir is None:
                on_failure.callback(shutil.rmtree, folder, ignore_errors=True)
            status = self._ask_engine(frame, folder, roles)
            self._describe_to(folder)
            on_failure.pop_all()
        if status == "cancelled":
            warnings.warn(
                "interrupted: the estimator is what there was until then",
                SageLoopWarning,
                stacklevel=3,
            )
        return FittedRun(folder, is_temporary=self.run_dir is None)

    def _ask_engine(self, frame: pd.DataFrame, folder: Path, roles: Json) -> str:
        """Have the engine make a run, show how it goes, and say how it ended."""
        engine = shared_engine()
        table = engine.new_path("table")
        bar = choose_bar(wanted=self.progress)
        try:
            write_table(frame, table)
            done = engine.ask(self._request(table, folder, roles), bar.show)
        finally:
            bar.close()
            table.unlink(missing_ok=True)
        if done["status"] not in {"done", "cancelled"}:
            raise NoModelError("the run found no usable model")
        return str(done["status"])

    def _request(self, table: Path, folder: Path, roles: Json) -> Json:
        parameters = self.get_params(deep=False)
        tables: Json = {"table": str(table), "task": self._task}
        for name in _TABLE_OPTIONS:
            if parameters.get(name) is not None:
                tables[name] = _plain(parameters[name])
        if self.drop is not None:
            tables["drop"] = [str(name) for name in self.drop]
        tables["are_leaks_dropped"] = self.drop_leaks
        kinds = [f"{column}={kind}" for column, kind in (self.kind or {}).items()]
        options = {name: _plain(parameters[name]) for name in _RUN_OPTIONS}
        return {
            "do": "fit",
            "tables": tables | roles,
            "kinds": kinds,
            "options": options,
            "run_dir": str(folder),
        }

    def _describe_to(self, folder: Path) -> None:
        """Leave in the run's folder what `load` needs to make this estimator again."""
        parameters = self.get_params(deep=False)
        names = getattr(self, "feature_names_in_", None)
        told = {
            "class": type(self).__name__,
            "parameters": {name: _plain(value) for name, value in parameters.items()},
            "columns": self.n_features_in_,
            "names": None if names is None else [str(name) for name in names],
            "fitted": self._fitted_facts(),
        }
        (folder / ESTIMATOR).write_text(json.dumps(told))

    def _fitted_facts(self) -> Json:
        """What fitting found out, in a form that JSON can keep."""
        return {}

    def _take_facts(self, facts: Json) -> None:
        """Take over what an earlier fit found out."""

    def _predicted(self, X: Table) -> Predicted:
        run = self._fitted()
        if hasattr(self, "n_features_in_"):
            X = self._checked(X, is_fit=False)
        return run.predict(as_frame(X, column_names(X)))

    def _adopt(self, run: FittedRun) -> Self:
        """Become what a run learned."""
        self._run = run
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_run")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.non_deterministic = self.trials is None
        return tags

    def _repr_mimebundle_(self, **options: object) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**options)
        if self.__sklearn_is_fitted__() and "text/html" in bundle:
            bundle["text/html"] = self._summary() + bundle["text/html"]
        return bundle

    def _summary(self) -> str:
        return summary_html(self.report_, self.leaderboard_)


def _plain(value: object) -> object:
    """A parameter as JSON has it."""
    match value:
        case np.generic():
            return value.item()
        case Path():
            return str(value)
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value
