"""What a proposer is reminded of: what was tried before, and where the best candidate errs."""

from typing import Literal

from schemas.base import Frozen


class Attempt(Frozen):
    """A version that was tried before and need not be tried again.

    Attributes:
        operator: How it came about.
        title: What it was.
        outcome: What became of it, in a few words.
    """

    operator: str
    title: str
    outcome: str


class TriedProgram(Frozen):
    """A feature program of an earlier round.

    Attributes:
        name: Its name.
        idea: The idea behind it.
        accepted: Columns that passed.
        rejected: Columns that did not, each with the reason.
    """

    name: str
    idea: str
    accepted: tuple[str, ...]
    rejected: tuple[tuple[str, str], ...] = ()


class ErrorCondition(Frozen):
    """One condition on a row, as a small tree found it.

    Attributes:
        column: The column that is looked at.
        relation: How it is compared.
        bound: For `below` and `above`: a number of three significant digits.
        levels: For `is` and `is_not`: levels that at least 20 rows have each.
    """

    column: str
    relation: Literal["below", "above", "is", "is_not", "missing", "present"]
    bound: float | None = None
    levels: tuple[str, ...] = ()


class ErrorLeaf(Frozen):
    """Rows that meet all of some conditions, and how much the best candidate errs there.

    Attributes:
        conditions: Which rows; none means all.
        rows: How many there are, rounded to two significant digits; never below 20.
        error: Mean error on them, divided by the mean over all rows: 2 is twice as bad.
    """

    conditions: tuple[ErrorCondition, ...]
    rows: int
    error: float
