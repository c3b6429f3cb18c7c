"""Imports what candidates commonly use, once, before any job is forked.

Imports only: a warm-up fit would leave OpenMP threads behind, and LightGBM and
HistGradientBoosting hang in processes forked after that.
"""

import gc
import importlib
import pkgutil
import sys
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec

from executors.checkpoints import PACKAGES, handed_over

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
TOOLKIT = "toolkit"
SURVEY = "tabular.clusters.survey"


def preload(wanted: Collection[str] = ()) -> None:
    """Import the libraries, the toolkit and our survey, then freeze what they allocated.

    Args:
        wanted: The only ones of these modules that jobs will need, if that is known; any
            other name is passed over. Nothing means all of them.

    Raises:
        RuntimeError: An import started a Python thread, which no fork would survive.
    """
    gc.disable()  # nothing of what is imported becomes garbage
    for name in offered():
        if not wanted or name in wanted:
            importlib.import_module(name)
    gc.enable()
    freeze()


def preload_networks(packages: Iterable[str]) -> None:
    """Import packages of pretrained networks that have weights, when a job first needs them.

    They bring torch, which costs seconds and 290 MB: most runs never use them. A package
    that cannot be imported is left to the job, which says why.

    Raises:
        RuntimeError: An import started a Python thread.
    """
    for package in packages:
        if package not in sys.modules and handed_over(PACKAGES[package]):
            with suppress(ImportError):
                importlib.import_module(package)
            freeze()


def freeze() -> None:
    """Keep what was allocated so far out of the jobs' garbage collections.

    Raises:
        RuntimeError: An import started a Python thread.
    """
    if threading.active_count() > 1:
        raise RuntimeError(f"imports started threads: {threading.enumerate()!r}")
    gc.collect()
    gc.freeze()


def offered() -> Iterator[str]:
    """Names of all modules that can be loaded before jobs are forked."""
    yield from LIBRARIES
    for name in EXTRAS:
        if find_spec(name.partition(".")[0]) is not None:
            yield name
    toolkit = importlib.import_module(TOOLKIT)
    for module in pkgutil.walk_packages(toolkit.__path__, f"{TOOLKIT}."):
        yield module.name
    yield SURVEY
