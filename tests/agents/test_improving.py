"""What is improved next, and when it no longer pays."""

import pytest

from agents.improving import (
    IMPROVED_PLACES,
    REFINING_PATIENCE,
    REFINING_PATIENCE_FAR_AHEAD,
    TUNING_PATIENCE,
    Improvement,
    Improver,
    is_worthwhile,
)
from agents.known import Known
from agents.leaderboard import Leaderboard
from schemas.candidate import View
from schemas.jobs import Rung
from schemas.settings import RunSettings
from tests.agents.samples import make_candidate, make_scored, make_settings


def known(wanted: RunSettings) -> Known:
    return Known(wanted, Leaderboard(greater_is_better=True))


def board_of(*places: tuple[str, str, float]) -> Leaderboard:
    """A leaderboard of (family, view, score)."""
    board = Leaderboard(greater_is_better=True)
    for number, (family, view, score) in enumerate(places):
        candidate = make_candidate(f"c{number:02d}").model_copy(
            update={"family": family, "view": View(name=view)}
        )
        board.add(candidate, make_scored(candidate, Rung.FULL, [score, score]))
    return board


def all_rounds(
    improver: Improver, board: Leaderboard, *, has_paid: bool = False
) -> list[Improvement]:
    """Every improvement until there is none, each ended before the next begins."""
    found: list[Improvement] = []
    while (choice := improver.next(board)) is not None and len(found) < 99:
        improver.end(choice.arm, has_paid=has_paid)
        found.append(choice)
    return found


def settings(**more: object) -> RunSettings:
    return make_settings(trials=99).model_copy(update=more)


TWO = (("lightgbm", "raw", 0.9), ("linear", "raw", 0.8), ("lightgbm", "rich", 0.7))


def test_arms_take_turns_and_are_left_alone_once_they_bring_nothing() -> None:
    found = all_rounds(Improver(known(settings())), board_of(*TWO))

    counts: dict[tuple[str, str, str | None], int] = {}
    for choice in found:
        arm = (choice.arm.operator, choice.arm.family, choice.arm.view)
        counts[arm] = counts.get(arm, 0) + 1
    assert counts == {
        ("tune", "lightgbm", None): TUNING_PATIENCE,
        ("tune", "linear", None): TUNING_PATIENCE,
        ("refine", "lightgbm", "raw"): REFINING_PATIENCE,
        ("refine", "linear", "raw"): REFINING_PATIENCE,
        ("refine", "lightgbm", "rich"): REFINING_PATIENCE,
    }
    assert len({id(choice.arm) for choice in found[:5]}) == 5


def test_a_family_far_ahead_is_improved_before_all_others() -> None:
    board = Leaderboard(greater_is_better=True)
    folds = {"lightgbm": [0.6, 0.61], "mlp": [0.9, 0.91], "linear": [0.5, 0.51]}
    for family, scores in folds.items():
        candidate = make_candidate(family).model_copy(update={"family": family})
        board.add(candidate, make_scored(candidate, Rung.FULL, scores))

    found = all_rounds(Improver(known(settings())), board)

    first = TUNING_PATIENCE + REFINING_PATIENCE_FAR_AHEAD
    assert {choice.arm.family for choice in found[:first]} == {"mlp"}
    assert {choice.arm.family for choice in found[first:]} == {"lightgbm", "linear"}


def test_an_arm_starts_from_the_best_of_its_kind() -> None:
    found = all_rounds(Improver(known(settings())), board_of(*TWO))

    bases = {
        (c.arm.operator, c.arm.family, c.arm.view): c.base.candidate.id for c in found
    }
    assert bases["tune", "lightgbm", None] == "c00-v1"
    assert bases["refine", "lightgbm", "rich"] == "c02-v1"


def test_an_arm_that_pays_goes_on() -> None:
    found = all_rounds(Improver(known(settings())), board_of(TWO[0]), has_paid=True)

    assert len(found) == 99


def test_new_columns_give_every_arm_another_chance() -> None:
    facts = known(settings())
    improver, board = Improver(facts), board_of(*TWO)
    before = all_rounds(improver, board)
    facts.views.append(View(name="richer"))

    assert len(all_rounds(improver, board)) == len(before)
    assert all_rounds(improver, board) == []


def test_no_more_loops_are_at_an_arm_than_it_may_fail() -> None:
    improver, board = Improver(known(settings(is_feedback_on=False))), board_of(TWO[0])

    opened = [improver.next(board) for _ in range(TUNING_PATIENCE + 2)]

    assert [choice is not None for choice in opened] == (
        [True] * TUNING_PATIENCE + [False] * 2
    )


@pytest.mark.parametrize(
    ("more", "operators"),
    [
        ({"is_feedback_on": False}, {"tune"}),
        ({"is_tuning_on": False}, {"refine"}),
        ({"is_tuning_on": False, "is_feedback_on": False}, set()),
        ({"tuning_rounds": 0}, {"refine"}),
        ({"model_rounds": 0}, {"tune"}),
    ],
)
def test_switches_and_zero_rounds_are_obeyed(
    more: dict[str, object], operators: set[str]
) -> None:
    found = all_rounds(Improver(known(settings(**more))), board_of(*TWO), has_paid=True)

    assert {choice.arm.operator for choice in found} == operators


def test_rounds_are_bounded_as_the_user_wants() -> None:
    improver = Improver(known(settings(tuning_rounds=2, model_rounds=3)))

    found = all_rounds(improver, board_of(TWO[0]), has_paid=True)

    tunings = [c.round for c in found if c.arm.operator == "tune"]
    refinements = [c.round for c in found if c.arm.operator == "refine"]
    assert (tunings, refinements) == ([1, 2], [1, 2, 3])


def test_what_descends_from_one_draft_is_refined_as_one() -> None:
    improver = Improver(known(settings(model_rounds=2)))
    improver.count_refinement("c00")
    improver.note_parent("c07", make_candidate("c00"))
    improver.note_parent("c09", make_candidate("c07"))

    assert improver.count_refinement("c09") == 2
    assert not improver.may_refine("c00", None)
    assert improver.may_refine("c01", None)


def test_only_the_best_families_are_improved() -> None:
    places = [(f"family {n}", "raw", 0.9 - n / 100) for n in range(7)]

    found = all_rounds(Improver(known(settings())), board_of(*places))

    assert {choice.arm.family for choice in found} == {
        f"family {n}" for n in range(IMPROVED_PLACES)
    }


def test_an_arm_without_further_ideas_is_given_up() -> None:
    improver, board = Improver(known(settings(is_feedback_on=False))), board_of(TWO[0])
    choice = improver.next(board)
    assert choice is not None
    choice.arm.give_up()
    improver.end(choice.arm, has_paid=False)

    assert improver.next(board) is None


def test_the_history_of_a_family_is_kept_by_view_in_order() -> None:
    improver = Improver(known(settings()))
    for number in range(3):
        improver.note(make_candidate(f"c{number:02d}"), 0.123456 + number)

    assert [v.score for v in improver.history("linear", "raw")] == [0.123, 1.12, 2.12]
    assert improver.history("linear", "rich") == ()


@pytest.mark.parametrize(
    ("greater", "before", "after", "is_gain"),
    [
        (True, 0.8, 0.801, True),
        (True, 0.8, 0.8007, False),
        (False, 10.0, 9.98, True),
        (False, 10.0, 9.995, False),
        (False, 10.0, 11.0, False),
    ],
)
def test_a_gain_below_a_thousandth_is_none(
    greater: bool, before: float, after: float, is_gain: bool
) -> None:
    board = Leaderboard(greater_is_better=greater)

    assert is_worthwhile(board, before, after) is is_gain
