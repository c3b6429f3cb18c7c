"""The pace of boosting."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.pace import (
    FEWEST_EPOCHS,
    FEWEST_ROUNDS,
    MOST_EPOCHS,
    NetworkTraining,
    pace_of,
)
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing


@pytest.mark.parametrize(("budget", "boost"), [(60, 3.0), (300, 1.5), (3600, 1.0)])
def test_shorter_budgets_learn_faster(
    budget: float, boost: float, briefing_for: "MakeBriefing"
) -> None:
    assert pace_of(briefing_for(TaskKind.BINARY, 5000, budget)).boost == boost


def test_rates_are_never_boosted_beyond_a_tenth(briefing_for: "MakeBriefing") -> None:
    pace = pace_of(briefing_for(TaskKind.BINARY, 5000, 60.0))

    assert pace.rate(0.01) == 0.03
    assert pace.rate(0.08) == 0.1
    assert pace.rate(0.15) == 0.15


def test_rounds_shrink_on_large_tables_but_only_under_a_clock(
    briefing_for: "MakeBriefing",
) -> None:
    small = briefing_for(TaskKind.BINARY, 100, 60.0)
    large = briefing_for(TaskKind.BINARY, 1_000_000, 60.0)
    trials = briefing_for(TaskKind.BINARY, 1_000_000)

    assert pace_of(small).rounds_for(small.task, 1e-5) == 1000
    assert pace_of(large).rounds_for(large.task, 4e-2) < 1000
    assert pace_of(large).rounds_for(large.task, 10.0) == FEWEST_ROUNDS
    assert pace_of(trials).rounds_for(trials.task, 1.0) == 1500


def test_networks_learn_longer_from_few_rows_and_not_at_all_where_time_is_too_short(
    briefing_for: "MakeBriefing",
) -> None:
    pace = pace_of(briefing_for(TaskKind.BINARY, 1000, 60.0))

    assert pace.training_for(1000) == NetworkTraining(MOST_EPOCHS, members=2)
    middle = pace.training_for(7_000)
    assert middle is not None
    assert middle.members == 1
    assert FEWEST_EPOCHS <= middle.epochs < MOST_EPOCHS
    assert pace.training_for(500_000) is None
