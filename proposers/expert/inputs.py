"""How many numbers of each row a model is shown that cannot read categories itself."""

from schemas.asks import Briefing
from schemas.table import CATEGORY_KINDS, ColumnKind, ColumnProfile
from schemas.task import TaskKind

NUMBERS_OF_KIND = {ColumnKind.TEXT: 24, ColumnKind.DATETIME: 13}
"""Numbers that one column of a kind becomes, if more than one."""
ONE_HOT_LEVELS = 20
ONE_HOT_LEVELS_FOR_VALUES = 250


def one_hot_levels(kind: TaskKind) -> int:
    """Most levels of a category that are shown one by one."""
    is_regression = kind is TaskKind.REGRESSION
    return ONE_HOT_LEVELS_FOR_VALUES if is_regression else ONE_HOT_LEVELS


def count_inputs(briefing: Briefing, levels: int, bins: int = 0) -> int:
    """About so many numbers a model is shown of each row.

    Args:
        briefing: The task and its columns.
        levels: Most levels of a category that are shown one by one.
        bins: Most bins of a number that are shown beside it.
    """
    return sum(_inputs_of(column, levels, bins) for column in _shown(briefing))


def count_numbers(briefing: Briefing) -> int:
    """About so many of them are no levels of a category."""
    return sum(_numbers_of(column) for column in _shown(briefing))


def _shown(briefing: Briefing) -> list[ColumnProfile]:
    visible = {column.name for column in briefing.schema_.columns}
    return [column for column in briefing.profile.columns if column.name in visible]


def _inputs_of(column: ColumnProfile, levels: int, bins: int) -> int:
    if column.kind in CATEGORY_KINDS:
        return min(column.distinct, levels) + 1
    return _numbers_of(column) * (1 + min(bins, column.distinct))


def _numbers_of(column: ColumnProfile) -> int:
    is_category = column.kind in CATEGORY_KINDS
    return 0 if is_category else NUMBERS_OF_KIND.get(column.kind, 1)
