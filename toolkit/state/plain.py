"""What a fitted model is written down as, and which names may stand in it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Json = Any
"""Whatever JSON can hold; its shape is checked where it is read."""

LIBRARIES = (
    "toolkit",
    "sklearn",
    "scipy",
    "lightgbm",
    "catboost",
    "xgboost",
    "collections",
)
"""Packages whose classes may be named; `numpy` and `pandas` have forms of their own."""

PLAIN_TYPES = ("bool", "int", "float", "complex", "str", "bytes", "list", "dict", "set")
"""Types of Python that may stand as values."""

LONG_TEXT_CHARS = 10_000
"""A longer text is a model in its library's own words and gets a file of its own."""


class NotPlainError(ValueError):
    """Raised when a model holds something that is no plain state; the text says where."""


@dataclass(slots=True)
class PlainState:
    """A model without code.

    Attributes:
        tree: Its structure. Plain values stand for themselves; a dict with one key says
            what its value is.
        arrays: Arrays that the tree names by their place.
        texts: Long texts and models in their library's own format, likewise.
    """

    tree: Json = None
    arrays: list[NDArray[np.generic]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)


def is_library(module: str) -> bool:
    """Whether a module's classes may be named."""
    return module.partition(".")[0] in LIBRARIES
