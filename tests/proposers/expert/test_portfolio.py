"""Which candidates are tried first."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.blocks import EXTRAS
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


def test_what_the_budget_hardly_suffices_for_comes_last(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, 4_200)
    letters = tuple("abcdefghijklmnopqrstuvwxyz")
    task = briefing.task.model_copy(update={"classes": letters, "features": 16})
    many = briefing.model_copy(update={"task": task, "budget_seconds": 60.0})
    leisurely = many.model_copy(update={"budget_seconds": 6000.0})

    hasty = supervised_portfolio(many, pace_of(many))

    slow = [entry.is_slow for entry in hasty]
    assert any(slow)
    assert slow == sorted(slow)
    assert "lightgbm" not in {entry.family for entry in hasty[:3]}
    patient = supervised_portfolio(leisurely, pace_of(leisurely))
    assert "lightgbm" in {entry.family for entry in patient[:3]}


def test_extras_are_offered_only_where_they_are_installed(
    briefing_for: "MakeBriefing", monkeypatch: pytest.MonkeyPatch
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 1_000)
    pace = pace_of(briefing)
    families = {entry.family for entry in supervised_portfolio(briefing, pace)}
    assert families >= EXTRAS.keys()

    monkeypatch.setattr("proposers.expert.portfolio.find_spec", lambda name: None)

    families = {entry.family for entry in supervised_portfolio(briefing, pace)}
    assert not families & EXTRAS.keys()


@pytest.mark.parametrize(
    ("kind", "rows", "dense", "sparse"),
    [
        (TaskKind.REGRESSION, 800, 1, 1),
        (TaskKind.REGRESSION, 5_000, 3, 2),
        (TaskKind.BINARY, 800, 2, 1),
        (TaskKind.BINARY, 5_000, 2, 1),
        (TaskKind.BINARY, 20_000, 2, 2),
        (TaskKind.BINARY, 60_000, 5, 5),
    ],
)
def test_extra_trees_learn_as_much_by_heart_as_pays(
    kind: TaskKind, rows: int, dense: int, sparse: int, briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(kind, rows)

    entries = supervised_portfolio(briefing, pace_of(briefing))

    leaves = [
        entry.parameters["min_samples_leaf"]
        for entry in entries
        if entry.family == "extra_trees"
    ]
    assert leaves == [dense, sparse]
