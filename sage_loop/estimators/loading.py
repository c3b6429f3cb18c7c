"""Makes an estimator of a finished run, wherever that was started."""

from pathlib import Path

import numpy as np

from sage_loop.estimators.base import SageLoopEstimator
from sage_loop.estimators.classifier import SageLoopClassifier
from sage_loop.estimators.clusterer import SageLoopClusterer
from sage_loop.estimators.engine import Json
from sage_loop.estimators.errors import InputError
from sage_loop.estimators.fitted_run import ESTIMATOR, PREDICTOR, FittedRun, open_run
from sage_loop.estimators.regressor import SageLoopRegressor

_BY_KIND: dict[str, type[SageLoopEstimator]] = {
    "binary": SageLoopClassifier,
    "multiclass": SageLoopClassifier,
    "regression": SageLoopRegressor,
    "clustering": SageLoopClusterer,
}
_BY_NAME = {kind.__name__: kind for kind in _BY_KIND.values()}


def load(run: str | Path) -> SageLoopEstimator:
    """Make an estimator of a run.

    Args:
        run: The folder of a run, of the command line or of an estimator with `run_dir`.

    Returns:
        A fitted `SageLoopClassifier`, `SageLoopRegressor` or `SageLoopClusterer`. Of a run
        of the command line, labels are texts, and columns that were not learned from may
        stand in X.

    Raises:
        InputError: The folder holds no run that has come to an ensemble.
    """
    opened = open_run(Path(run))
    if (opened.folder / ESTIMATOR).is_file():
        return _as_it_was(opened)
    task = opened.read_json(PREDICTOR)["task"]
    if not isinstance(task, dict) or task.get("kind") not in _BY_KIND:
        raise InputError(f"{str(run)!r} is a run of an unknown kind")
    model = _BY_KIND[task["kind"]]()
    if isinstance(model, SageLoopClassifier):
        labels = task.get("spellings") or task["classes"]
        classes = [str(name) for name in labels]
        # Sorted, as classifiers have them; the engine's own order ends with the positive.
        facts: Json = {"dtype": "str", "classes": sorted(classes)}
        model._take_facts(facts | {"texts": sorted(classes)})
    return model._adopt(opened)


def _as_it_was(opened: FittedRun) -> SageLoopEstimator:
    told = opened.read_json(ESTIMATOR)
    parameters, facts = told["parameters"], told["fitted"]
    if not isinstance(parameters, dict) or not isinstance(facts, dict):
        raise InputError(f"{opened.folder / ESTIMATOR} is damaged")
    model = _BY_NAME[str(told["class"])](**parameters)
    model.n_features_in_ = told["columns"]
    if told["names"] is not None:
        model.feature_names_in_ = np.asarray(told["names"], dtype=object)
    model._take_facts(facts)
    return model._adopt(opened)
