"""Errors of this room; the user's own mistakes are told apart from everything else."""


class TabularError(Exception):
    """Base of every error that this room raises on purpose."""


class TableError(TabularError):
    """The user's table or options cannot be used.

    The message is one clear line that names the problem and the way out.
    """
