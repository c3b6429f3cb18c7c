"""A metric of the user's own: a function in a Python file, named as `FILE.py:function`.

The file is the user's own code and is trusted like the command line itself: it is imported
by the host, which holds the labels.
"""

import importlib.util
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tabular.errors import TableError

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]
Needs = Literal["probability", "value", "label"]

_NAMED = re.compile(r"(?P<file>.+\.py):(?P<function>[^\W\d]\w*)")
_NEEDS: tuple[Needs, ...] = ("probability", "value", "label")


class OwnMetric(NamedTuple):
    """What a user's file says.

    Attributes:
        function: Takes truth, predictions and weights (or None).
        greater_is_better: Its attribute of that name, True if it has none.
        needs: Its attribute of that name, None if it has none.
    """

    function: Callable[[Array, Array, Floats | None], float]
    greater_is_better: bool
    needs: Needs | None


def is_own_metric(name: str) -> bool:
    """Whether a name means a function in a file."""
    return _NAMED.fullmatch(name) is not None


def own_metric(name: str) -> OwnMetric:
    """Load a metric.

    Args:
        name: `FILE.py:function`.

    Raises:
        TableError: The file has no such function, or cannot be imported.
    """
    found = _NAMED.fullmatch(name)
    if found is None:
        raise TableError(f"--metric {name!r} is not of the form FILE.py:function.")
    module = _imported(Path(found["file"]))
    function = getattr(module, found["function"], None)
    if not callable(function):
        raise TableError(f"{found['file']} defines no function {found['function']!r}.")
    needs = getattr(function, "needs", None)
    if needs is not None and needs not in _NEEDS:
        raise TableError(
            f"{name}: needs must be one of {', '.join(_NEEDS)}, not {needs!r}."
        )
    is_greater_better = bool(getattr(function, "greater_is_better", True))
    return OwnMetric(_guarded(name, function), is_greater_better, needs)


@cache
def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"own_metric_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise TableError(f"There is no metric file {str(path)!r}.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise TableError(f"{path} cannot be imported: {error!r}.") from error
    return module


def _guarded(
    name: str, function: Callable[..., object]
) -> Callable[[Array, Array, Floats | None], float]:
    """Call it with weights only where there are any, and say plainly what it did wrong."""

    def scored(truth: Array, prediction: Array, weight: Floats | None) -> float:
        given = (truth, prediction) if weight is None else (truth, prediction, weight)
        try:
            return float(function(*given))  # type: ignore[arg-type]  # what it is, float says
        except Exception as error:
            raise TableError(f"The metric {name} failed: {error!r}.") from error

    return scored
