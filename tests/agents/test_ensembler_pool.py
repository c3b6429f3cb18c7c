"""Which candidates the Ensembler builds of, in which order, and which it leaves out."""

import pytest

from agents.filtering import MOST
from bus.agent import Statement
from schemas.commands import Combine
from schemas.jobs import Rung
from schemas.sayings import PoolFiltered
from schemas.task import TaskKind
from tests.agents.conversation import kinds, only
from tests.agents.ensembling import (
    CLOSED,
    combined,
    ensembler,
    members,
    pool,
    without_asks,
)
from tests.agents.samples import make_candidate, make_scored


@pytest.mark.parametrize(
    ("greater", "first"), [(True, ["c01-v1", "c00-v1"]), (False, ["c00-v1", "c01-v1"])]
)
def test_the_pool_is_ordered_by_what_is_better(greater: bool, first: list[str]) -> None:
    talk = ensembler(greater_is_better=greater)
    worse, better = (0.6, 0.7) if greater else (0.3, 0.4)
    combined(talk, pool(talk, 0, worse))

    assert members(pool(talk, 1, better)) == first


@pytest.mark.parametrize("kind", [TaskKind.BINARY, TaskKind.CLUSTERING])
def test_the_best_of_each_family_and_then_the_best_are_weighed(kind: TaskKind) -> None:
    talk = ensembler(rows=20_000, kind=kind)
    combined(talk, pool(talk, 0, 0.505, family="mlp"))
    said: list[Statement] = []
    left_out: list[str] = []
    for number in range(1, MOST + 5):
        said = without_asks(pool(talk, number, 0.51 + number / 100))
        left_out += [
            out.candidate
            for body in [s.body for s in said]
            if isinstance(body, PoolFiltered)
            for out in body.excluded
        ]
        combined(talk, said[-1:])

    best = [f"c{number:02d}-v1" for number in range(MOST + 4, 5, -1)]
    assert members(said[-1:]) == [*best, "c00-v1"]
    # Each is named once, when there is no room for it any more.
    assert left_out == [f"c{number:02d}-v1" for number in range(1, 6)]


def test_where_nothing_was_pooled_the_best_with_most_folds_stands_in() -> None:
    talk = ensembler()
    for number, rung, scores in (
        (0, Rung.SMOKE, [0.99]),
        (1, Rung.SCREEN, [0.9]),
        (2, Rung.FULL, [0.7, 0.7]),
        (3, Rung.FULL, [0.8, 0.8]),
        (4, Rung.FULL, [0.6, 0.6]),
        (5, Rung.SCREEN, [0.95]),
    ):
        candidate = make_candidate(f"c{number:02d}")
        assert talk.tell(make_scored(candidate, rung, scores)) == []

    said = talk.tell(CLOSED)

    assert members(said) == ["c03-v1"]
    assert only(said, Combine).is_final


def test_who_has_no_model_cannot_stand_in() -> None:
    talk = ensembler()
    scored = make_scored(make_candidate(), Rung.FULL, [0.8])
    fit = scored.fit.model_copy(update={"models": ()})
    talk.tell(scored.model_copy(update={"fit": fit}))

    assert kinds(talk.tell(CLOSED)) == ["no_ensemble"]


def test_the_weak_are_left_out_with_a_reason_and_it_is_said_when_that_changes() -> None:
    talk = ensembler()
    combined(talk, pool(talk, 0, 0.9))

    said = pool(talk, 1, 0.4)
    combined(talk, said[-1:])
    later = pool(talk, 2, 0.9)

    (exclusion,) = only(said, PoolFiltered).excluded
    assert exclusion.candidate == "c01-v1"
    assert exclusion.reason == "weak: no better than the baseline 0.5"
    assert members(said) == ["c00-v1"]
    assert kinds(later) == ["combine"]


def test_clusterings_are_left_to_the_consensus() -> None:
    talk = ensembler(kind=TaskKind.CLUSTERING)
    combined(talk, pool(talk, 0, 0.9))

    assert members(pool(talk, 1, 0.1)) == ["c00-v1", "c01-v1"]
