"""Every estimator, clusterer and feature block of the toolkit, found by looking."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import toolkit
from toolkit.clusterer import Clusterer
from toolkit.estimator import Estimator
from toolkit.spec import Spec

Build = Callable[[Spec], Any]
FAST: dict[str, dict[str, Any]] = {
    "LightGBM": {"rounds": 10},
    "CatBoost": {"rounds": 10},
    "ExtraTrees": {"n_estimators": 5},
}
"""Settings that keep a class quick; a new class needs none unless it is slow."""
NOT_PLAIN = frozenset({"ExplainableBoosting"})
"""Their libraries' models are written down by nothing but pickle."""
NEEDS_WEIGHTS = frozenset({"TabICL", "TabPFN"})
"""Tested where small weights are made for them."""

BLOCKS: dict[str, Callable[[type], Any]] = {
    "CategoryCrosses": lambda kind: kind([("level", "town")]),
    "ClusterDistances": lambda kind: kind(["width [cm]", "height"], 3),
    "DateFeatures": lambda kind: kind(["day"]),
    "GroupStatistics": lambda kind: kind([("town", "height")]),
    "TargetEncodings": lambda kind: kind(["town", ("level", "town")], 2),
    "TextStatistics": lambda kind: kind(["note"]),
}


def classes() -> dict[str, type]:
    """All classes that modules of the toolkit define."""
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(toolkit.__path__, "toolkit."):
        members = inspect.getmembers(
            importlib.import_module(module.name), inspect.isclass
        )
        found |= {
            name: kind for name, kind in members if kind.__module__ == module.name
        }
    return found


def usable(base: type) -> list[type]:
    return [
        kind
        for kind in classes().values()
        if issubclass(kind, base)
        and not inspect.isabstract(kind)
        and kind.__name__ not in NOT_PLAIN | NEEDS_WEIGHTS
    ]


@pytest.fixture(params=usable(Estimator), ids=lambda kind: kind.__name__)
def estimator(request: pytest.FixtureRequest) -> Build:
    kind = request.param
    return lambda spec: kind(spec, **FAST.get(kind.__name__, {}))


@pytest.fixture(params=usable(Clusterer), ids=lambda kind: kind.__name__)
def clusterer(request: pytest.FixtureRequest) -> Build:
    kind = request.param
    return lambda spec: kind(spec, **FAST.get(kind.__name__, {}))


@pytest.fixture(params=BLOCKS)
def block(request: pytest.FixtureRequest) -> Callable[[], Any]:
    kind = classes()[request.param]
    return lambda: BLOCKS[request.param](kind)
