"""When the expert's plan turns from drafts to what is there already."""

import pytest

from agents.known import Known
from agents.leaderboard import Leaderboard
from agents.portfolio_plan import (
    DRAFTS_BEFORE_A_LEADER,
    UNDISTURBED_DRAFTS,
    PortfolioPlan,
)
from schemas.jobs import Rung
from tests.agents.samples import make_candidate, make_scored, make_settings

CLOSE = {"mlp": [0.8, 0.8], "lightgbm": [0.8, 0.8], "linear": [0.8, 0.8]}
FAR = CLOSE | {"mlp": [0.98, 0.98]}


def operators(families: dict[str, list[float]], loops: int) -> list[str]:
    """What the plan opens one after the other while the board stays as it is."""
    board = Leaderboard(greater_is_better=True)
    for number, (family, scores) in enumerate(families.items()):
        candidate = make_candidate(f"c{number:02d}")
        candidate = candidate.model_copy(update={"family": family})
        board.add(candidate, make_scored(candidate, Rung.FULL, scores))
    plan = PortfolioPlan(Known(make_settings(trials=99), board))
    opened = [plan.next(f"c{number:02d}") for number in range(3, 3 + loops)]
    return [opening.operator for opening in opened if opening is not None]


@pytest.mark.parametrize(
    ("families", "drafts"), [(CLOSE, UNDISTURBED_DRAFTS), (FAR, DRAFTS_BEFORE_A_LEADER)]
)
def test_drafts_come_first_and_fewer_of_them_where_one_family_is_far_ahead(
    families: dict[str, list[float]], drafts: int
) -> None:
    found = operators(families, drafts + 5)

    assert found[: drafts + 1] == ["draft"] * (drafts + 1)
    assert set(found[drafts + 1 :: 2]) <= {"refine", "tune"}
    assert found[drafts + 2 :: 2] == ["draft", "draft"]
