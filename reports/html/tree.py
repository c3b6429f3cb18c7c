"""The tree of candidates: who was made from whom, with code, differences and failures."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from reports.leaderboard import LeaderboardRow
from reports.numbers import score_with_error
from reports.story import LoopStory, Step, difference
from schemas.candidate import Candidate

DEEPEST_LEVEL = 12
"""Nodes below this level stand beside each other: deeper ones would not fit on a phone."""
MOST_LOOPS = 800
"""More would make a page that nobody reads and some machines cannot open."""


@dataclass(slots=True)
class Node:
    """One version of a candidate.

    Attributes:
        id: The candidate's id.
        title: What it is.
        family: Its family.
        view: What it was fitted on.
        made: How it came about, and by whom.
        state: What became of it, in one word.
        score: Its score in words, empty without one.
        weight: Its share in the ensemble.
        source: Its code, empty if the report leaves it out.
        difference: What changed against its parent, empty without one.
        steps: What happened to it.
        children: Versions that were made from it.
    """

    id: str
    title: str
    family: str
    view: str
    made: str
    state: str
    score: str
    weight: float
    source: str
    difference: str
    steps: tuple[Step, ...]
    children: list["Node"] = field(default_factory=list)


def choose_loops(
    loops: tuple[LoopStory, ...], rows: Iterable[LeaderboardRow]
) -> tuple[LoopStory, ...]:
    """Keep the loops of the best versions, and those that they came from.

    Args:
        loops: All loops, in the order in which they began.
        rows: Every version, best first.
    """
    if len(loops) <= MOST_LOOPS:
        return loops
    by_id = {loop.loop: loop for loop in loops}
    kept: set[str] = set()
    for row in rows:
        name: str | None = _loop_of(row.candidate)
        while name in by_id and name not in kept and len(kept) < MOST_LOOPS:
            kept.add(name)
            parent = by_id[name].versions[0].parent
            name = None if parent is None else _loop_of(parent)
    return tuple(loop for loop in loops if loop.loop in kept)


def _loop_of(candidate: str) -> str:
    return candidate.rpartition("-v")[0]


def grow_tree(
    loops: Iterable[LoopStory],
    rows: Iterable[LeaderboardRow],
    sources: dict[str, str],
) -> list[Node]:
    """Hang every version below the one it was made from.

    Args:
        loops: The lives of candidates, in the order in which they began.
        rows: What is known of each version.
        sources: Source by candidate, as far as the report holds them.

    Returns:
        The roots: drafts, in the order in which they were written.
    """
    by_id = {row.candidate: row for row in rows}
    nodes: dict[str, Node] = {}
    levels: dict[str, int] = {}
    parents: dict[str, str] = {}
    roots: list[Node] = []
    for loop in loops:
        for version, parent in zip(loop.versions, _parents(loop), strict=True):
            node = _node(version, parent, loop, by_id.get(version.id), sources)
            nodes[version.id] = node
            if parent is None or parent not in nodes:
                levels[version.id] = 0
                roots.append(node)
                continue
            above = parent
            while levels[above] >= DEEPEST_LEVEL:
                above = parents[above]
            parents[version.id] = above
            levels[version.id] = levels[above] + 1
            nodes[above].children.append(node)
    return roots


def _parents(loop: LoopStory) -> list[str | None]:
    """The version that each version was made from: another one's, or the one before it."""
    before = [None, *(version.id for version in loop.versions)]
    return [
        version.parent or earlier
        for version, earlier in zip(loop.versions, before, strict=False)
    ]


def _node(
    version: Candidate,
    parent: str | None,
    loop: LoopStory,
    row: LeaderboardRow | None,
    sources: dict[str, str],
) -> Node:
    source = sources.get(version.id, "")
    before = sources.get(parent or "", "")
    changed = ""
    if source and before and parent:
        changed = difference(before, source, (parent, version.id))
    # What was asked and answered before there was a version led to the first one.
    of_version = {version.id, None} if version is loop.versions[0] else {version.id}
    return Node(
        id=version.id,
        title=version.title,
        family=version.family,
        view=version.view.name,
        made=f"{version.operator} by {version.origin}",
        state="untried" if row is None else row.state,
        score="" if row is None else _score(row),
        weight=0.0 if row is None else row.weight,
        source=source,
        difference=changed,
        steps=tuple(step for step in loop.steps if step.candidate in of_version),
    )


def _score(row: LeaderboardRow) -> str:
    if row.score is None:
        return ""
    return score_with_error(row.score, row.standard_error).replace("+-", "±")
