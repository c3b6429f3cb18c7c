"""Imports what candidates commonly use, once, before any job is forked.

Imports only: a warm-up fit would leave OpenMP threads behind, and LightGBM and
HistGradientBoosting hang in processes forked after that.
"""

import gc
import importlib
import pkgutil
import threading
from importlib.util import find_spec

LIBRARIES = (
    "numpy",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.special",
    "scipy.stats",
    "pandas",
    "pyarrow",
    "pyarrow.ipc",
    "sklearn.calibration",
    "sklearn.cluster",
    "sklearn.compose",
    "sklearn.decomposition",
    "sklearn.discriminant_analysis",
    "sklearn.dummy",
    "sklearn.ensemble",
    "sklearn.feature_extraction.text",
    "sklearn.feature_selection",
    "sklearn.gaussian_process",
    "sklearn.impute",
    "sklearn.isotonic",
    "sklearn.kernel_approximation",
    "sklearn.linear_model",
    "sklearn.manifold",
    "sklearn.metrics",
    "sklearn.mixture",
    "sklearn.model_selection",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.random_projection",
    "sklearn.svm",
    "sklearn.tree",
    "lightgbm",
    "catboost",
    "cloudpickle",
)
EXTRAS = ("xgboost", "interpret.glassbox")
"""Libraries that people may have installed beside ours."""


def preload() -> None:
    """Import the libraries, the toolkit and our survey, then freeze what they allocated.

    Raises:
        RuntimeError: An import started a Python thread, which no fork would survive.
    """
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in EXTRAS:
        if find_spec(name.partition(".")[0]) is not None:
            importlib.import_module(name)
    toolkit = importlib.import_module("toolkit")
    for module in pkgutil.walk_packages(toolkit.__path__, "toolkit."):
        importlib.import_module(module.name)
    importlib.import_module("tabular.clusters.survey")
    if threading.active_count() > 1:
        raise RuntimeError(f"imports started threads: {threading.enumerate()!r}")
    gc.collect()
    gc.freeze()
