"""What is known about a table: its columns, their kinds and coarse statistics."""

from enum import StrEnum
from typing import Literal

from schemas.base import Frozen


class ColumnKind(StrEnum):
    """How a column is understood; it decides the dtype that candidate code sees."""

    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    HIGH_CARDINALITY = "high_cardinality"
    TEXT = "text"
    DATETIME = "datetime"
    DURATION = "duration"
    IDENTIFIER = "identifier"
    CONSTANT = "constant"
    EMPTY = "empty"


SET_ASIDE_KINDS = frozenset(
    {ColumnKind.IDENTIFIER, ColumnKind.CONSTANT, ColumnKind.EMPTY}
)
"""Kinds that say nothing about rows to come; such columns are set aside."""

USABLE_KINDS = frozenset(ColumnKind) - SET_ASIDE_KINDS
"""Kinds that are handed to candidates."""

NUMBER_KINDS = frozenset({ColumnKind.NUMERIC, ColumnKind.DURATION})
"""Kinds that arrive as float64 amounts; a duration is its seconds."""

CATEGORY_KINDS = frozenset({ColumnKind.CATEGORY, ColumnKind.HIGH_CARDINALITY})
"""Kinds that arrive as pandas categories."""


class ColumnSchema(Frozen):
    """How one column is read again, at predict time too.

    Attributes:
        name: The column's own name in the table.
        kind: How it is understood.
        levels: For a category of either kind, its known levels in a fixed order; empty
            otherwise.
        format: How its text is written: dates as `%d/%m/%Y` or `%d/%m/%y since 1926`, None
            for ISO 8601; amounts as `0.0 kg`, None for numbers as programs write them.
    """

    name: str
    kind: ColumnKind
    levels: tuple[str, ...] = ()
    format: str | None = None


class TableSchema(Frozen):
    """The columns that candidates see, in the table's order (usable kinds only).

    Attributes:
        columns: How each is understood.
        decimal: What stood between whole and fraction in the table's text, so that `1.234`
            is read the same way again.
    """

    columns: tuple[ColumnSchema, ...]
    decimal: Literal[".", ","] = "."


class ColumnProfile(Frozen):
    """Aggregate facts about one column of the development rows.

    Smallest and largest value are single cells: they are for people, and no prompt shows
    them. All else is safe to show to a proposer.

    Attributes:
        name: The column's own name.
        kind: How it is understood.
        missing_share: Share of missing values, 0 to 1.
        distinct: Number of distinct values, missing not counted.
        minimum: Smallest value of a column of numbers or durations, else None.
        mean: Mean of such a column, else None.
        maximum: Largest value of such a column, else None.
        deviation: Standard deviation of such a column, else None.
        low: Mean of the smallest values of such a column: a twentieth of all, 20 at least.
        high: Mean of its largest values, as many.
        is_positive: Whether every value of such a column is above 0.
        is_whole: Whether every value of such a column is a whole number.
        unit: The unit that its amounts are written with, or nothing.
        common_levels: The most frequent levels of a category, each held by at least 20 rows.
        description: What the user says about it, or nothing.
    """

    name: str
    kind: ColumnKind
    missing_share: float
    distinct: int
    minimum: float | None = None
    mean: float | None = None
    maximum: float | None = None
    deviation: float | None = None
    low: float | None = None
    high: float | None = None
    is_positive: bool = False
    is_whole: bool = False
    unit: str = ""
    common_levels: tuple[str, ...] = ()
    description: str = ""


class TableProfile(Frozen):
    """Aggregate facts about the development rows.

    Attributes:
        rows: Number of development rows.
        columns: One profile per column of the table, target and helper columns left out.
        warnings: Plain sentences for the user about what was found.
        description: What the user says about the table as a whole, or nothing.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    warnings: tuple[str, ...] = ()
    description: str = ""
