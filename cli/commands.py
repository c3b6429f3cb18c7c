"""Makes a command of a dataclass: each field is an argument or an option."""

import inspect
from collections.abc import Callable
from typing import TypeVar

Options = TypeVar("Options")


def command_of(
    options: type[Options], act: Callable[[Options], None], name: str
) -> Callable[..., None]:
    """Make a command whose parameters are the fields of a dataclass.

    Args:
        options: A dataclass with keyword fields, annotated as typer has it.
        act: Carries the command out; its docstring is the help text.
        name: What the command is called.
    """

    def command(**said: object) -> None:
        act(options(**said))

    command.__name__ = name
    command.__doc__ = act.__doc__
    # Typer reads both to find out what can be typed.
    command.__signature__ = inspect.signature(options)  # type: ignore[attr-defined] # any function may have one
    command.__annotations__ = dict(inspect.get_annotations(options))
    return command
