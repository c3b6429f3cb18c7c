"""Writes a fitted model down as plain state."""

import copyreg
import enum
import functools
import math
from collections.abc import Collection
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

from toolkit.state import native
from toolkit.state.plain import (
    LONG_TEXT_CHARS,
    PLAIN_TYPES,
    Json,
    NotPlainError,
    PlainState,
    is_library,
)

DEEPEST = 200
PLAIN_KINDS = "biufcSUV"


def to_plain(model: object, own: Collection[str] = ()) -> PlainState:
    """Write a model down.

    Args:
        model: The fitted model.
        own: Modules of its own source, whose classes and functions may be named too.

    Raises:
        NotPlainError: It holds something else than plain values, arrays, models of known
            libraries, and objects of classes that can be named.
    """
    writer = _Writer(frozenset(own))
    writer.state.tree = writer.write(model, "model")
    return writer.state


class _Writer:
    """Walks a model once; objects that are met again are named by their number."""

    def __init__(self, own: frozenset[str]) -> None:
        self.own = own
        self.state = PlainState()
        self.seen: dict[int, int] = {}
        self.kept: list[object] = []  # or their ids could be given away again
        self.depth = 0

    def write(self, value: Any, path: str) -> Json:  # noqa: ANN401 - any attribute
        """One value, called `path` in complaints."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotPlainError(f"{path} is nested too deeply")
        try:
            return self._write(value, path)
        finally:
            self.depth -= 1

    def _write(self, value: Any, path: str) -> Json:  # noqa: ANN401
        match value:
            case None | bool():
                return value
            case enum.Enum():
                return {"enum": [self.name(type(value), path), value.value]}
            case np.generic():
                return {"number": self.array(np.asarray(value), path)}
            case int():
                return int(value)
            case float():
                return float(value) if math.isfinite(value) else {"float": repr(value)}
            case str():
                return self._text(value)
            case bytes():
                return {"bytes": self._file(value)}
            case list():
                return {"list": self._items(value, path)}
            case tuple():
                return self._tuple(value, path)
            case set() | frozenset():
                return {type(value).__name__: self._items(value, path)}
            case type() | FunctionType() | BuiltinFunctionType() | np.ufunc():
                return {"name": self.name(value, path)}
            case _:
                return self._object(value, path)

    def _text(self, value: str) -> Json:
        if len(value) > LONG_TEXT_CHARS:
            return {"text": self._file(value.encode())}
        return str(value)

    def _tuple(self, value: tuple[Any, ...], path: str) -> Json:
        items = self._items(value, path)
        if hasattr(value, "_fields"):
            return {"named": [self.name(type(value), path), items]}
        return {"tuple": items}

    def _items(self, values: Collection[Any], path: str) -> list[Json]:
        return [self.write(item, f"{path}[{n}]") for n, item in enumerate(values)]

    def _object(self, value: Any, path: str) -> Json:  # noqa: ANN401
        if id(value) in self.seen:
            return {"again": self.seen[id(value)]}
        number = self.seen[id(value)] = len(self.seen)
        self.kept.append(value)
        return {"object": [number, self._form(value, path)]}

    def _form(self, value: Any, path: str) -> Json:  # noqa: ANN401
        match value:
            case dict() if type(value) is dict:
                return {"dict": self._pairs(value, path)}
            case np.ndarray():
                return self._array(value, path)
            case np.dtype():
                return {"dtype": self._descr(value, path)}
            case np.random.RandomState():
                return {"random_state": self.write(value.get_state(), path)}
            case np.random.Generator():
                return {"generator": self.write(value.bit_generator.state, path)}
            case pd.CategoricalDtype():
                levels = self.write(value.categories, path)
                return {"categories": [levels, bool(value.ordered)]}
            case pd.Timestamp():
                return {"timestamp": [value.isoformat(), value.unit]}
            case pd.DatetimeIndex() | pd.RangeIndex() | pd.MultiIndex():
                raise NotPlainError(f"{path} is a {type(value).__name__}")
            case pd.Index():
                items = self.write(value.tolist(), path)
                return {
                    "index": [items, str(value.dtype), self.write(value.name, path)]
                }
            case functools.partial():
                parts = [value.func, list(value.args), dict(value.keywords)]
                return {"partial": self._items(parts, path)}
            case _ if scipy.sparse.issparse(value):
                return {"sparse": self._sparse(value, path)}
            case _:
                return self._native(value, path)

    def _pairs(self, value: dict[Any, Any], path: str) -> list[Json]:
        return [
            [self.write(key, path), self.write(item, f"{path}.{key}")]
            for key, item in value.items()
        ]

    def _array(self, value: np.ndarray, path: str) -> Json:
        if type(value) is not np.ndarray:
            raise NotPlainError(f"{path} is a {type(value).__name__}")
        if value.dtype.kind == "O":
            items = self._items(value.ravel().tolist(), path)
            return {"objects": [list(value.shape), items]}
        return {"array": self.array(value, path)}

    def array(self, value: np.ndarray, path: str) -> int:
        """Put an array aside and return its place."""
        if value.dtype.hasobject or value.dtype.kind not in PLAIN_KINDS:
            raise NotPlainError(f"{path} is an array of {value.dtype}")
        self.state.arrays.append(value)
        return len(self.state.arrays) - 1

    def _descr(self, dtype: np.dtype[Any], path: str) -> Json:
        if dtype.names is not None:
            raise NotPlainError(f"{path} is a type of records")
        return dtype.str

    def _sparse(self, value: Any, path: str) -> Json:  # noqa: ANN401
        if value.format not in {"csr", "csc"}:
            raise NotPlainError(f"{path} is a sparse matrix of format {value.format}")
        kind = type(value).__name__
        parts = (value.data, value.indices, value.indptr)
        return [kind, list(value.shape), [self.array(p, path) for p in parts]]

    def _native(self, value: Any, path: str) -> Json:  # noqa: ANN401
        written = native.write(value)
        if written is not None:
            return {"native": [written.kind, self._file(written.content)]}
        return self._reduced(value, path)

    def _reduced(self, value: Any, path: str) -> Json:  # noqa: ANN401
        """An object of a class that can be named, by what it says of itself."""
        name = self.name(type(value), path)
        try:
            reduced = value.__reduce_ex__(2)
        except TypeError as error:
            raise NotPlainError(f"{path} ({name}) cannot be taken apart") from error
        if isinstance(reduced, str):
            raise NotPlainError(f"{path} ({name}) is a name")
        make, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        if make is copyreg.__newobj__:  # type: ignore[attr-defined] # typeshed lacks it
            arguments = arguments[1:]
            made: Json = {"new": name}
        else:
            made = {"make": self.name(make, path)}
        more = [arguments, state, list(items or ()), [list(p) for p in pairs or ()]]
        return made | {"from": [self.write(part, path) for part in more]}

    def name(self, value: Any, path: str) -> str:  # noqa: ANN401
        """Name a class or function so that it can be found again.

        Raises:
            NotPlainError: It is local, or of a module that may not be named.
        """
        if isinstance(value, np.ufunc):
            return f"numpy:{value.__name__}"
        module = str(getattr(value, "__module__", None) or "")
        qualified = str(getattr(value, "__qualname__", ""))
        is_plain = module == "builtins" and qualified in PLAIN_TYPES
        is_number = module == "numpy" and isinstance(value, type)
        if "<" in qualified or not qualified:
            raise NotPlainError(f"{path} is code: {qualified or type(value).__name__}")
        if not (is_plain or is_number or module in self.own or is_library(module)):
            raise NotPlainError(f"{path} is of {module}.{qualified}")
        return f"{module}:{qualified}"

    def _file(self, content: bytes) -> int:
        self.state.texts.append(content)
        return len(self.state.texts) - 1
