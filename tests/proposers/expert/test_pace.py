"""The pace of boosting."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert import pace
from proposers.expert.pace import (
    FEWEST_ROUNDS,
    pace_of,
)
from schemas.task import TaskKind
from toolkit import rounds

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


def test_what_fits_take_is_planned_as_the_toolkit_fits() -> None:
    assert (pace.REFIT_ROWS, pace.LONG_REFIT_ROWS) == (
        rounds.REFIT_ROWS,
        rounds.LONG_REFIT_ROWS,
    )
    assert pytest.approx(1 + rounds.REFIT_GROWTH) == pace.USUAL_FITS
    assert pytest.approx(1 + rounds.LONG_REFIT_GROWTH) == pace.LONG_FITS
