"""Which tables Gaussian processes are tried on."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.gaussian_portfolio import FEWEST_ROWS, ROWS, gaussian_entries
from proposers.expert.pace import pace_of
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing


@pytest.mark.parametrize("kind", [TaskKind.BINARY, TaskKind.REGRESSION])
def test_small_tables_get_a_rough_and_a_smooth_one(
    kind: TaskKind, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(kind, 1_000, 60.0)

    entries = gaussian_entries(briefing, pace_of(briefing)).values()

    told = [entry.parameters for entry in entries]
    assert {p["roughness"]: p["rows"] for p in told} == ROWS


def test_half_a_minute_is_too_short_for_all_pairs_of_many_rows(
    briefing_for: "MakeBriefing",
) -> None:
    short, long = (briefing_for(TaskKind.BINARY, 4_900, b) for b in (30.0, 300.0))

    assert gaussian_entries(short, pace_of(short)) == {}
    assert len(gaussian_entries(long, pace_of(long))) == 2


def test_more_rows_than_there_is_room_for_get_none(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 50_000, None)

    assert gaussian_entries(briefing, pace_of(briefing)) == {}


def test_lengths_are_learned_from_fewer_rows_where_time_is_short(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 1_000, 5.0)

    entry = gaussian_entries(briefing, pace_of(briefing))["rough process"]

    rows = entry.parameters["rows"]
    assert isinstance(rows, int)
    assert FEWEST_ROWS <= rows < ROWS["rough"]
