"""Which layers between candidate code and the host a run will not do without."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, assert_never

from engine.errors import IsolationRefused
from executors.errors import FenceError
from executors.jail.layers import EVERY_LAYER, INDISPENSABLE, OneOf

Isolation = Literal["auto", "strict", "any"]


def indispensable_layers(isolation: Isolation) -> frozenset[OneOf]:
    """The layers without which no job may run: at least one of each set."""
    match isolation:
        case "strict":
            return EVERY_LAYER
        case "auto":
            return INDISPENSABLE
        case "any":
            return frozenset()
    assert_never(isolation)


@contextmanager
def refusing(isolation: Isolation) -> Iterator[None]:
    """Tell the user what to do where a pool will not run a job.

    Raises:
        IsolationRefused: A layer is missing that the user wants.
    """
    try:
        yield
    except FenceError as error:
        softer = "auto" if isolation == "strict" else "any"
        raise IsolationRefused(
            f"--isolation {isolation}: this machine lacks {error}; "
            f"`run.py doctor` says what each means, --isolation {softer} goes without"
        ) from error
