"""What is known about a table: its columns, their kinds and coarse statistics."""

from enum import StrEnum

from schemas.base import Frozen


class ColumnKind(StrEnum):
    """How a column is understood; it decides the dtype that candidate code sees."""

    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    TEXT = "text"
    DATETIME = "datetime"
    CONSTANT = "constant"
    EMPTY = "empty"


USABLE_KINDS = frozenset(ColumnKind) - {ColumnKind.CONSTANT, ColumnKind.EMPTY}
"""Kinds that are handed to candidates; the others carry no information and are set aside."""


class ColumnSchema(Frozen):
    """How one column is read again, at predict time too.

    Attributes:
        name: The column's own name in the table.
        kind: How it is understood.
        levels: For a category, its known levels in a fixed order; empty otherwise.
    """

    name: str
    kind: ColumnKind
    levels: tuple[str, ...] = ()


class TableSchema(Frozen):
    """The columns that candidates see, in the table's order (usable kinds only)."""

    columns: tuple[ColumnSchema, ...]


class ColumnProfile(Frozen):
    """Aggregate facts about one column of the development rows, safe to show to a proposer.

    Attributes:
        name: The column's own name.
        kind: How it is understood.
        missing_share: Share of missing values, 0 to 1.
        distinct: Number of distinct values, missing not counted.
        minimum: Smallest value of a numeric column, else None.
        mean: Mean of a numeric column, else None.
        maximum: Largest value of a numeric column, else None.
        deviation: Standard deviation of a numeric column, else None.
        common_levels: The most frequent levels of a category, each held by at least 20 rows.
    """

    name: str
    kind: ColumnKind
    missing_share: float
    distinct: int
    minimum: float | None = None
    mean: float | None = None
    maximum: float | None = None
    deviation: float | None = None
    common_levels: tuple[str, ...] = ()


class TableProfile(Frozen):
    """Aggregate facts about the development rows.

    Attributes:
        rows: Number of development rows.
        columns: One profile per column of the table, target and helper columns left out.
        warnings: Plain sentences for the user about what was found.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    warnings: tuple[str, ...] = ()
