"""Trials are set aside before a life begins, and given back after it."""

from hypothesis import given
from hypothesis import strategies as st

from agents.trial_budget import TrialBudget


def test_without_a_bound_there_is_always_room() -> None:
    budget = TrialBudget(None, 3)

    assert [budget.reserve(0) for _ in range(100)] == [3] * 100
    assert budget.has_room_for_a_life


def test_a_life_that_could_not_be_finished_does_not_begin() -> None:
    budget = TrialBudget(7, 3)

    assert [budget.reserve(0) for _ in range(3)] == [3, 3, None]
    assert not budget.has_room_for_a_life


def test_what_is_held_already_is_only_topped_up() -> None:
    budget = TrialBudget(5, 3)
    assert budget.reserve(0) == 3

    assert budget.reserve(1) == 3
    assert budget.reserve(2) is None
    assert budget.reserve(3) == 3


def test_what_was_not_used_can_be_used_by_others() -> None:
    budget = TrialBudget(3, 3)
    assert budget.reserve(0) == 3
    assert not budget.has_room_for_a_life

    budget.release(3)

    assert budget.has_room_for_a_life


def test_what_is_used_beside_a_life_leaves_room_for_another() -> None:
    budget = TrialBudget(7, 3)

    assert not budget.take(5)
    assert budget.take(4)
    assert budget.has_room_for_a_life
    assert not budget.take(1)


@given(
    limit=st.integers(0, 40),
    a_life=st.integers(2, 3),
    steps=st.lists(st.tuples(st.integers(0, 4), st.sampled_from("tuca")), max_size=60),
)
def test_never_more_trials_are_used_than_there_are(
    limit: int, a_life: int, steps: list[tuple[int, str]]
) -> None:
    budget = TrialBudget(limit, a_life)
    held: dict[int, int] = {}
    used = 0
    for loop, step in steps:
        if step == "t":
            held[loop] = budget.reserve(held.get(loop, 0)) or held.get(loop, 0)
        elif step == "u" and held.get(loop, 0) > 0:
            held[loop] -= 1
            used += 1
        elif step == "a":
            used += loop if budget.take(loop) else 0
        elif step == "c":
            budget.release(held.pop(loop, 0))

    for loop in held.values():
        budget.release(loop)
    assert used <= limit
    assert budget.has_room_for_a_life == (limit - used >= a_life)
