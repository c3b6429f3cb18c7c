"""Task groups raise groups; at the edge of the program one error is one error again."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def single_errors() -> Iterator[None]:
    """Raise the first leaf of an exception group in place of the group."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise first_leaf(group) from group


def first_leaf(error: BaseException) -> BaseException:
    """The first error in a group that is none itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
