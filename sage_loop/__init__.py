"""sage-loop for Python programs: estimators whose engine runs in a process of its own.

>>> from sage_loop import SageLoopClassifier
>>> SageLoopClassifier(budget="60s")
SageLoopClassifier(budget='60s')
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sage_loop.estimators.classifier import SageLoopClassifier
    from sage_loop.estimators.clusterer import SageLoopClusterer
    from sage_loop.estimators.loading import load
    from sage_loop.estimators.regressor import SageLoopRegressor

__all__ = ["SageLoopClassifier", "SageLoopClusterer", "SageLoopRegressor", "load"]

_MODULES = {
    "SageLoopClassifier": "sage_loop.estimators.classifier",
    "SageLoopClusterer": "sage_loop.estimators.clusterer",
    "SageLoopRegressor": "sage_loop.estimators.regressor",
    "load": "sage_loop.estimators.loading",
}


def __getattr__(name: str) -> object:
    """Import a name when it is first used: the command line needs none of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
