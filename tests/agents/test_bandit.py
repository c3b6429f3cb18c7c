"""Operators are chosen by gain for cost, and left alone once they bring nothing."""

from agents.bandit import PATIENCE, Bandit
from schemas.candidate import Operator

ALL: tuple[Operator, ...] = ("draft", "refine", "tune")


def play(bandit: Bandit, operator: Operator, gain: float, cost: float = 1.0) -> None:
    bandit.begin(operator)
    bandit.end(operator, gain, cost)


def test_every_operator_is_tried_once_in_the_order_given() -> None:
    bandit = Bandit(ALL)
    found = []
    for _ in ALL:
        best = bandit.choose(ALL)[0]
        found.append(best)
        play(bandit, best, 0.0)

    assert found == list(ALL)


def test_what_brings_most_for_its_cost_is_preferred_and_others_are_not_forgotten() -> (
    None
):
    bandit = Bandit(ALL)
    chosen: list[Operator] = []
    for _ in range(200):
        best = bandit.choose(ALL)[0]
        chosen.append(best)
        play(bandit, best, 0.01, cost=1.0 if best == "refine" else 8.0)

    assert chosen.count("refine") > 150
    assert min(chosen.count("draft"), chosen.count("tune")) >= 2


def test_an_operator_that_brings_nothing_is_left_alone() -> None:
    bandit = Bandit(ALL)
    for _ in range(PATIENCE):
        play(bandit, "draft", 0.0)

    assert "draft" not in bandit.choose(ALL)
    play(bandit, "refine", 0.1)
    assert bandit.choose(("draft",)) == []


def test_loops_that_are_out_count_against_patience() -> None:
    bandit = Bandit(ALL)
    for _ in range(PATIENCE):
        bandit.begin("tune")

    assert "tune" not in bandit.choose(ALL)
    bandit.end("tune", 0.5, 1.0)
    assert "tune" in bandit.choose(ALL)


def test_an_operator_that_was_given_up_is_not_chosen() -> None:
    bandit = Bandit(ALL)
    bandit.give_up("draft")

    assert bandit.choose(ALL) == ["refine", "tune"]
