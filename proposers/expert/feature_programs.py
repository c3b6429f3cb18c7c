"""Feature programs that pay on many tables: arithmetic of columns and group statistics."""

from itertools import product
from typing import NamedTuple

from proposers.expert.sources import Block, features_source
from schemas.asks import Briefing
from schemas.table import ColumnKind, ColumnProfile
from schemas.task import TaskKind

MOST_NUMBERS = 10
FEWEST_DISTINCT = 5
MOST_CATEGORIES = 5
MOST_GROUPED_NUMBERS = 6
FEWEST_GROUP_ROWS = 5
LONGEST_NAME = 80
"""Longer names would make the names of new columns unreadable."""


class WrittenFeatures(NamedTuple):
    """A feature program: its short name, the idea and the source."""

    name: str
    idea: str
    source: str


ARITHMETIC = (
    ("ratios", "PairwiseRatios", "A measure often matters relative to another one"),
    ("differences", "PairwiseDifferences", "How far two measures lie apart"),
    ("products", "PairwiseProducts", "Two measures that work together"),
)
GROUP_IDEA = "How a row compares with the rows of its own group"


def feature_programs(briefing: Briefing) -> tuple[WrittenFeatures, ...]:
    """Programs for the columns of this table; none for clustering."""
    if briefing.task.kind is TaskKind.CLUSTERING:
        return ()
    visible = {column.name for column in briefing.schema_.columns}
    profiles = [
        column
        for column in briefing.profile.columns
        if column.name in visible
        and len(column.name) <= LONGEST_NAME
        and column.name.isprintable()
    ]
    numbers = _numbers(profiles)
    programs: list[WrittenFeatures] = []
    if len(numbers) > 1:
        for name, class_name, idea in ARITHMETIC:
            source = features_source(idea, Block("pairwise", class_name), numbers)
            programs.append(WrittenFeatures(name, idea, source))
    pairs = list(
        product(_categories(profiles, briefing), numbers[:MOST_GROUPED_NUMBERS])
    )
    if pairs:
        block = Block("group_statistics", "GroupStatistics")
        source = features_source(GROUP_IDEA, block, pairs)
        programs.append(WrittenFeatures("group_statistics", GROUP_IDEA, source))
    return tuple(programs)


def _numbers(profiles: list[ColumnProfile]) -> list[str]:
    """Numeric columns with the most distinct values first."""
    chosen = [
        column
        for column in profiles
        if column.kind is ColumnKind.NUMERIC and column.distinct >= FEWEST_DISTINCT
    ]
    chosen.sort(key=lambda column: -column.distinct)
    return [column.name for column in chosen[:MOST_NUMBERS]]


def _categories(profiles: list[ColumnProfile], briefing: Briefing) -> list[str]:
    """Categories whose groups are large enough for a mean, most levels first."""
    most_levels = briefing.profile.rows // FEWEST_GROUP_ROWS
    chosen = [
        column
        for column in profiles
        if column.kind is ColumnKind.CATEGORY and 1 < column.distinct <= most_levels
    ]
    chosen.sort(key=lambda column: -column.distinct)
    return [column.name for column in chosen[:MOST_CATEGORIES]]
