"""Feature programs that pay on many tables, and programs that build on what passed before."""

from collections.abc import Callable, Collection
from itertools import combinations, product
from typing import NamedTuple

from proposers.base import SourceStore
from proposers.expert.feature_sources import (
    Columns,
    Step,
    features_source,
    read_steps,
)
from proposers.expert.sources import Block, Setting
from schemas.asks import Briefing
from schemas.candidate import View
from schemas.table import CATEGORY_KINDS, NUMBER_KINDS, ColumnKind, ColumnProfile
from schemas.task import TaskKind

MOST_NUMBERS = 10
FEWEST_DISTINCT = 5
MOST_CATEGORIES = 5
MOST_GROUPED_NUMBERS = 6
MOST_DATES = 4
MOST_TEXTS = 4
MOST_ENCODED = 8
FEWEST_GROUP_ROWS = 5
FEWEST_DISTANCE_NUMBERS = 3
MOST_BUILT_ON = 6
"""So many accepted columns are built on in a later round."""
LONGEST_NAME = 80
"""Longer names would make the names of new columns unreadable."""

PAIRWISE = {
    "PairwiseRatios": "/",
    "PairwiseDifferences": "-",
    "PairwiseProducts": "*",
}
"""Blocks whose columns are named after their pair, with the sign in between."""
RATIOS = Block("pairwise", "PairwiseRatios")
DIFFERENCES = Block("pairwise", "PairwiseDifferences")
PRODUCTS = Block("pairwise", "PairwiseProducts")
GROUPS = Block("group_statistics", "GroupStatistics")
CROSSES = Block("category_crosses", "CategoryCrosses")
ENCODINGS = Block("target_encodings", "TargetEncodings")
DATES = Block("date_features", "DateFeatures")
TEXTS = Block("text_statistics", "TextStatistics")
DISTANCES = Block("cluster_distances", "ClusterDistances")


class WrittenFeatures(NamedTuple):
    """A feature program: its short name, the idea and the source."""

    name: str
    idea: str
    source: str


class Material(NamedTuple):
    """Columns that programs are made from, each list with the most promising first."""

    numbers: list[str]
    categories: list[str]
    dates: list[str]
    texts: list[str]


def feature_programs(briefing: Briefing) -> tuple[WrittenFeatures, ...]:
    """Programs for the columns of this table, those that pay most often first."""
    found = _material(briefing)
    numbers, categories = found.numbers, found.categories
    is_clustering = briefing.task.kind is TaskKind.CLUSTERING
    pairs = list(combinations(categories, 2))
    encoded: list[str | tuple[str, ...]] = [*categories, *pairs]
    grouped = list(product(categories, numbers[:MOST_GROUPED_NUMBERS]))
    programs = [
        _written("ratios", RATIOS, numbers if len(numbers) > 1 else []),
        _written("differences", DIFFERENCES, numbers if len(numbers) > 1 else []),
        _written("products", PRODUCTS, numbers if len(numbers) > 1 else []),
        _written("group_statistics", GROUPS, grouped),
        _written("dates", DATES, found.dates),
        _written("texts", TEXTS, found.texts),
        _written("crosses", CROSSES, pairs),
    ]
    if not is_clustering:
        classes = len(briefing.task.classes)
        has_distances = len(numbers) >= FEWEST_DISTANCE_NUMBERS
        programs += [
            _written(
                "target_encodings", ENCODINGS, encoded[:MOST_ENCODED], classes=classes
            ),
            _written("distances", DISTANCES, numbers if has_distances else []),
        ]
    return tuple(program for program in programs if program is not None)


IDEAS = {
    "ratios": "A measure often matters relative to another one",
    "differences": "How far two measures lie apart",
    "products": "Two measures that work together",
    "group_statistics": "How a row compares with the rows of its own group",
    "dates": "The time of the year, month and day, and the time between two dates",
    "texts": "How a text is written",
    "crosses": "Two categories that mean something together",
    "target_encodings": "How the target behaves at each level",
    "distances": "How far a row lies from typical rows",
}


def _written(
    name: str, block: Block, columns: Columns, **settings: Setting
) -> WrittenFeatures | None:
    if not columns:
        return None
    step = Step(block, columns, settings)
    return WrittenFeatures(name, IDEAS[name], features_source(IDEAS[name], [step]))


def further_programs(
    briefing: Briefing, round_number: int, view: View, sources: SourceStore
) -> tuple[WrittenFeatures, ...]:
    """Programs that combine the columns of a view with each other and with the table's.

    Args:
        briefing: What stays the same for the run.
        round_number: The round they are for, 1 or more.
        view: What was accepted; columns of programs of another make are left out.
        sources: Where the sources of its programs are kept.
    """
    steps, columns = _accepted(view, sources)
    if not columns:
        return ()
    found = _material(briefing)
    pairs = [
        *product(columns, found.numbers[:MOST_GROUPED_NUMBERS]),
        *combinations(columns, 2),
    ]
    plan: list[tuple[str, Block, Columns]] = [
        ("products", PRODUCTS, pairs),
        ("ratios", RATIOS, pairs),
        ("differences", DIFFERENCES, pairs),
        ("group_statistics", GROUPS, list(product(found.categories, columns))),
    ]
    return tuple(
        WrittenFeatures(
            f"{name}-{round_number + 1}",
            IDEAS[name],
            features_source(IDEAS[name], [*steps, Step(block, chosen)]),
        )
        for name, block, chosen in plan
        if chosen
    )


def _accepted(view: View, sources: SourceStore) -> tuple[list[Step], list[str]]:
    """The blocks that make the first columns of a view, and the names of these columns."""
    steps: list[Step] = []
    columns: list[str] = []
    for program in view.programs:
        read = read_steps(sources.read_text(program.source))
        names = [name for name in program.columns if len(name) <= LONGEST_NAME]
        names = names[: MOST_BUILT_ON - len(columns)]
        if not read or not names:
            continue
        *earlier, last = read
        for step in (*earlier, _narrowed(last, names)):
            if step not in steps:
                steps.append(step)
        columns += [name for name in names if name not in columns]
    return steps, columns


def _narrowed(step: Step, names: Collection[str]) -> Step:
    """The same block with no more pairs than it takes to make some columns."""
    sign = PAIRWISE.get(step.block.name)
    if sign is None:
        return step
    named = [column for column in step.columns if isinstance(column, str)]
    listed = [column for column in step.columns if not isinstance(column, str)]
    pairs = [*combinations(named, 2), *listed]
    kept = [pair for pair in pairs if f" {sign} ".join(pair) in names]
    return Step(step.block, kept, step.settings)


def _material(briefing: Briefing) -> Material:
    visible = {column.name for column in briefing.schema_.columns}
    profiles = [
        column
        for column in briefing.profile.columns
        if column.name in visible
        and len(column.name) <= LONGEST_NAME
        and column.name.isprintable()
    ]
    most_levels = briefing.profile.rows // FEWEST_GROUP_ROWS

    def chosen(
        kinds: Collection[ColumnKind],
        most: int,
        fits: Callable[[ColumnProfile], bool] = lambda _: True,
    ) -> list[str]:
        """Columns of some kinds, those with the most distinct values first."""
        found = [c for c in profiles if c.kind in kinds and fits(c)]
        found.sort(key=lambda column: -column.distinct)
        return [column.name for column in found[:most]]

    return Material(
        numbers=chosen(
            NUMBER_KINDS, MOST_NUMBERS, lambda c: c.distinct >= FEWEST_DISTINCT
        ),
        categories=chosen(
            CATEGORY_KINDS, MOST_CATEGORIES, lambda c: 1 < c.distinct <= most_levels
        ),
        dates=chosen({ColumnKind.DATETIME}, MOST_DATES),
        texts=chosen({ColumnKind.TEXT}, MOST_TEXTS),
    )
