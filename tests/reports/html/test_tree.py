"""Versions hang below those that they were made from."""

from reports.html.tree import (
    DEEPEST_LEVEL,
    MOST_LOOPS,
    Node,
    choose_loops,
    grow_tree,
)
from reports.leaderboard import LeaderboardRow
from reports.story import LoopStory, Step
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, Candidate


def loop(name: str, versions: int = 1, parent: str | None = None) -> LoopStory:
    """A loop whose first version was made from another loop's."""
    return LoopStory(
        loop=name,
        versions=tuple(
            Candidate(
                id=f"{name}-v{number}",
                loop=name,
                version=number,
                family="linear",
                title="it",
                source=BlobRef(digest="ab", size=1),
                fingerprint="f",
                view=RAW_VIEW,
                origin="expert",
                operator="draft",
                parent=parent if number == 1 else None,
            )
            for number in range(1, versions + 1)
        ),
        steps=(),
    )


def row(candidate: str) -> LeaderboardRow:
    return LeaderboardRow(
        candidate=candidate,
        rung=None,
        family="linear",
        title="it",
        view="raw",
        origin="expert",
        operator="draft",
        parent=None,
        score=None,
        standard_error=None,
        fold_scores=(),
        seconds=0.0,
        weight=0.0,
        state="pooled",
    )


def names(nodes: list[Node]) -> list[object]:
    return [(node.id, names(node.children)) for node in nodes]


def depth(nodes: list[Node]) -> int:
    return 1 + max(depth(node.children) for node in nodes) if nodes else 0


def test_a_version_hangs_below_the_one_before_it() -> None:
    tree = grow_tree([loop("a", versions=3)], [], {})

    assert names(tree) == [("a-v1", [("a-v2", [("a-v3", [])])])]


def test_a_refinement_hangs_below_its_parent_in_another_loop() -> None:
    tree = grow_tree([loop("a"), loop("b", parent="a-v1"), loop("c")], [], {})

    assert names(tree) == [("a-v1", [("b-v1", [])]), ("c-v1", [])]


def test_a_version_whose_parent_is_unknown_is_a_root() -> None:
    assert names(grow_tree([loop("b", parent="gone-v1")], [], {})) == [("b-v1", [])]


def test_a_long_line_of_versions_stays_flat_enough_to_be_read() -> None:
    tree = grow_tree([loop("a", versions=60)], [], {})

    assert depth(tree) == DEEPEST_LEVEL + 1


def test_differences_are_shown_where_both_sources_are_there() -> None:
    tree = grow_tree([loop("a", versions=2)], [], {"a-v1": "x = 1", "a-v2": "x = 2"})

    assert tree[0].difference == ""
    assert "-x = 1\n+x = 2" in tree[0].children[0].difference


def test_what_led_to_the_first_version_is_told_with_it() -> None:
    steps = tuple(
        Step(seq=number, candidate=name, what="asked", text=str(number))
        for number, name in enumerate((None, "a-v1", "a-v2"))
    )
    told = loop("a", versions=2).model_copy(update={"steps": steps})

    (first,) = grow_tree([told], [], {})

    assert [step.text for step in first.steps] == ["0", "1"]
    assert [step.text for step in first.children[0].steps] == ["2"]


def test_of_many_loops_the_best_are_kept_with_those_they_came_from() -> None:
    many = [loop(f"x{number}") for number in range(2 * MOST_LOOPS)]
    loops = (*many, loop("good", parent="x7-v1"))
    rows = [row("good-v1"), *(row(f"{each.loop}-v1") for each in reversed(many))]

    kept = [each.loop for each in choose_loops(loops, rows)]

    assert len(kept) == MOST_LOOPS
    assert {"good", "x7"} <= set(kept)
    assert kept[0] == "x7"
