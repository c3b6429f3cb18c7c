"""What several folds say about new columns, put together."""

import math
from bisect import bisect_left
from collections.abc import Sequence

from schemas.jobs import ColumnJudgement, FeatureReport

CHANCE = "no better than its shuffled copies"
CHANCE_GROUPS = "no clearer groups than by chance or in the table's own columns"


def beats_chance(judgement: ColumnJudgement) -> bool:
    """Whether a column is of use in one fold; NaN beats nothing."""
    return judgement.fault is None and (
        judgement.importance > judgement.shadow_importance
    )


def most_useful_first(columns: Sequence[ColumnJudgement]) -> list[int]:
    """Positions of columns by the mean of two ranks, then by importance.

    One rank is that of the importance, which a column has beside others; the other is that
    of the statistic, which says what it tells by itself.
    """
    importances = sorted(column.importance for column in columns)
    statistics = sorted(column.statistic for column in columns)

    def place(column: ColumnJudgement) -> tuple[int, float]:
        rank = bisect_left(importances, column.importance)
        rank += bisect_left(statistics, column.statistic)
        return -rank, -column.importance

    return sorted(range(len(columns)), key=lambda number: place(columns[number]))


def merge_judgements(
    reports: Sequence[FeatureReport], chance: str = CHANCE
) -> tuple[ColumnJudgement, ...]:
    """Mean numbers over folds; a column is at fault if it is so in any fold.

    Args:
        reports: One per fold; the columns of the first count.
        chance: What is said of a column that beats chance nowhere.
    """
    tables = [{j.name: j for j in report.judgements} for report in reports]
    return tuple(
        _merge([table.get(name) for table in tables], name, chance)
        for name in tables[0]
    )


def _merge(
    folds: Sequence[ColumnJudgement | None], name: str, chance: str
) -> ColumnJudgement:
    found = [fold for fold in folds if fold is not None]
    count = len(found)
    return ColumnJudgement(
        name=name,
        importance=math.fsum(fold.importance for fold in found) / count,
        shadow_importance=math.fsum(fold.shadow_importance for fold in found) / count,
        statistic=math.fsum(fold.statistic for fold in found) / count,
        fault=_fault(folds, chance),
        folds=count,
    )


def _fault(folds: Sequence[ColumnJudgement | None], chance: str) -> str | None:
    found = [fold for fold in folds if fold is not None]
    if len(found) < len(folds):
        return "not in every fold"
    own = [fold.fault for fold in found if fold.fault is not None]
    if own:
        return own[0]
    useful = sum(beats_chance(fold) for fold in found)
    if useful == len(found):
        return None
    return chance if not useful else f"useful in {useful} of {len(found)} folds only"
