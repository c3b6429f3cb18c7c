"""Makes a fitted model of its plain state."""

import functools
import importlib
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from toolkit.state import native
from toolkit.state.plain import (
    PLAIN_TYPES,
    Json,
    NotPlainError,
    PlainState,
    is_library,
)

COMPILED_MAKERS = ("newObj", "__pyx_unpickle_")
"""What compiled classes of scikit-learn are made by."""


def from_plain(state: PlainState, own: Mapping[str, ModuleType] | None = None) -> Any:  # noqa: ANN401 - whatever was written
    """Make a model of its state.

    Args:
        state: What `to_plain` wrote.
        own: Modules of the model's own source, by the names they had.

    Raises:
        NotPlainError: The state names what may not be named.
    """
    return _Reader(state, own or {}).read(state.tree)


_COLLECTIONS: dict[str, Callable[[Iterable[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}


class _Reader:
    def __init__(self, state: PlainState, own: Mapping[str, ModuleType]) -> None:
        self.state = state
        self.own = own
        self.made: dict[int, Any] = {}

    def read(self, node: Json) -> Any:  # noqa: ANN401
        if not isinstance(node, dict):
            return node
        ((kind, value),) = node.items()
        return self._read(kind, value)

    def _read(self, kind: str, value: Json) -> Any:  # noqa: ANN401
        match kind:
            case "list" | "tuple" | "set" | "frozenset":
                return _COLLECTIONS[kind](self.read(item) for item in value)
            case "named":
                return self.find(value[0])(*(self.read(item) for item in value[1]))
            case "enum":
                return self.find(value[0])(value[1])
            case "name":
                return self.find(value)
            case "again":
                return self.made[value]
            case "object":
                return self._object(*value)
            case _:
                return self._read_plain(kind, value)

    def _read_plain(self, kind: str, value: Json) -> Any:  # noqa: ANN401
        match kind:
            case "float":
                return float(value)
            case "number":
                return self.state.arrays[value][()]
            case "text":
                return self.state.texts[value].decode()
            case "bytes":
                return self.state.texts[value]
            case _:
                raise NotPlainError(f"there is no value of kind {kind!r}")

    def _object(self, number: int, form: Json) -> Any:  # noqa: ANN401
        if "from" in form:
            return self._rebuild(number, form)
        ((kind, value),) = form.items()
        if kind == "dict":
            # Known before it is filled: what is inside may name it again.
            found: dict[Any, Any] = {}
            self.made[number] = found
            for key, item in value:
                found[self.read(key)] = self.read(item)
            return found
        made = self.made[number] = self._form(kind, value)
        return made

    def _form(self, kind: str, value: Json) -> Any:  # noqa: ANN401
        match kind:
            case "array":
                return self.state.arrays[value]
            case "objects":
                filled = np.empty(len(value[1]), dtype=object)
                filled[:] = [self.read(item) for item in value[1]]
                return filled.reshape(value[0])
            case "dtype":
                return np.dtype(str(value))
            case "random_state":
                random = np.random.RandomState()
                random.set_state(self.read(value))
                return random
            case "generator":
                generator = np.random.default_rng()
                generator.bit_generator.state = self.read(value)
                return generator
            case "categories":
                return pd.CategoricalDtype(self.read(value[0]), ordered=value[1])
            case "timestamp":
                return pd.Timestamp(value[0]).as_unit(value[1])
            case "index":
                items, dtype, name = value
                return pd.Index(self.read(items), dtype=dtype, name=self.read(name))
            case "partial":
                function, arguments, keywords = (self.read(part) for part in value)
                return functools.partial(function, *arguments, **keywords)
            case "sparse":
                return self._sparse(*value)
            case "native":
                return native.read(value[0], self.state.texts[value[1]])
            case _:
                raise NotPlainError(f"there is no object of kind {kind!r}")

    def _sparse(self, kind: str, shape: list[int], parts: list[int]) -> Any:  # noqa: ANN401
        kinds = {"csr_matrix", "csc_matrix", "csr_array", "csc_array"}
        if kind not in kinds:
            raise NotPlainError(f"there is no sparse matrix of kind {kind!r}")
        data, indices, indptr = (self.state.arrays[part] for part in parts)
        make = getattr(importlib.import_module("scipy.sparse"), kind)
        return make((data, indices, indptr), shape=tuple(shape))

    def _rebuild(self, number: int, form: Json) -> Any:  # noqa: ANN401
        arguments = self.read(form["from"][0])
        if "new" in form:
            kind = self.find(form["new"])
            made = kind.__new__(kind, *arguments)
        else:
            made = self.maker(form["make"])(*arguments)
        self.made[number] = made
        state, items, pairs = (self.read(part) for part in form["from"][1:])
        if state is not None:
            _set_state(made, state)
        if items:
            made.extend(items)
        for key, item in pairs:
            made[key] = item
        return made

    def maker(self, name: str) -> Callable[..., Any]:
        """Find what makes an object: a class, or what a compiled class brings for that."""
        found: Callable[..., Any] = self.find(name)
        function = name.partition(":")[2]
        if not isinstance(found, type) and not function.startswith(COMPILED_MAKERS):
            raise NotPlainError(f"{name} makes no plain objects")
        return found

    def find(self, name: str) -> Any:  # noqa: ANN401
        """Find a class or function by its name.

        Raises:
            NotPlainError: It may not be named.
        """
        module, _, qualified = name.partition(":")
        if module in self.own:
            found: Any = self.own[module]
        elif (
            (module == "builtins" and qualified in PLAIN_TYPES)
            or module == "numpy"
            or is_library(module)
        ):
            found = importlib.import_module(module)
        else:
            raise NotPlainError(f"{name} may not be named in a model")
        for part in qualified.split("."):
            found = getattr(found, part)
        if module == "numpy" and not isinstance(found, type | np.ufunc):
            raise NotPlainError(f"{name} may not be named in a model")
        return found


def _set_state(made: Any, state: Any) -> None:  # noqa: ANN401
    """Give an object its state as unpickling would."""
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    if attributes:
        made.__dict__.update(attributes)
    for name, value in (slots or {}).items():
        object.__setattr__(made, name, value)
