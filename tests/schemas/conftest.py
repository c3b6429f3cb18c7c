"""Looks at the messages as a whole, so that no kind can be forgotten."""

import inspect
from collections.abc import Callable
from types import ModuleType

import pytest

from schemas.base import Frozen

Kinds = Callable[[ModuleType], set[type[Frozen]]]


@pytest.fixture(scope="session")
def kinds_defined_in() -> Kinds:
    """The classes of a module that are told apart by a `kind` of their own."""

    def find(module: ModuleType) -> set[type[Frozen]]:
        return {
            found
            for _, found in inspect.getmembers(module, inspect.isclass)
            if found.__module__ == module.__name__
            and issubclass(found, Frozen)
            and "kind" in found.model_fields
        }

    return find
