"""Which candidates are tried first."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.cluster_portfolio import clustering_portfolio
from proposers.expert.pace import pace_of
from proposers.expert.portfolio import supervised_portfolio
from schemas.task import TaskKind

if TYPE_CHECKING:
    from tests.proposers.conftest import MakeBriefing


@pytest.mark.parametrize("rows", [100, 5_000, 300_000])
def test_titles_tell_entries_apart(rows: int, briefing_for: "MakeBriefing") -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, rows)

    entries = supervised_portfolio(briefing, pace_of(briefing))

    assert len({entry.title for entry in entries}) == len(entries)
    assert entries[0].family == "linear"


def test_large_tables_skip_neighbours(briefing_for: "MakeBriefing") -> None:
    briefing = briefing_for(TaskKind.REGRESSION, 300_000)

    entries = supervised_portfolio(briefing, pace_of(briefing))

    assert "neighbors" not in {entry.family for entry in entries}


def test_one_column_needs_no_projection() -> None:
    entries = clustering_portfolio(1)

    assert {entry.parameters["components"] for entry in entries} == {None}
    assert {entry.family for entry in clustering_portfolio(5)[:3]} == {
        "kmeans",
        "gaussian_mixture",
        "spectral",
    }
