"""Pretrained networks are drafted where table, time and memory suffice for them."""

from typing import TYPE_CHECKING

import pytest

from proposers.expert.in_context_portfolio import (
    MOST_CLASSES,
    MOST_COLUMNS,
    MOST_ESTIMATORS,
    MOST_ROWS,
    in_context_entries,
)
from proposers.expert.pace import pace_of
from proposers.expert.portfolio import supervised_portfolio
from schemas.asks import Briefing
from schemas.table import ColumnKind
from schemas.task import TaskKind
from toolkit import in_context

if TYPE_CHECKING:
    from pathlib import Path

    from tests.proposers.conftest import MakeBriefing

WEIGHTS = {"tabicl": 110_000_000, "tabpfn": 30_000_000}


def passes(briefing: Briefing) -> dict[str, object]:
    """How many passes are drafted, by family."""
    entries = in_context_entries(briefing, pace_of(briefing), WEIGHTS)
    return {family: e.parameters["estimators"] for family, e in entries.items()}


def test_the_expert_knows_the_limits_of_the_blocks() -> None:
    limits = (MOST_ROWS, MOST_COLUMNS, MOST_CLASSES)

    assert limits == (
        in_context.MOST_ROWS,
        in_context.MOST_COLUMNS,
        in_context.MOST_CLASSES,
    )


def test_passes_follow_the_budget_and_none_is_drafted_that_cannot_finish(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 1_000)

    def with_budget(seconds: float) -> dict[str, object]:
        return passes(briefing.model_copy(update={"budget_seconds": seconds}))

    assert with_budget(20.0) == {}
    assert with_budget(7_200.0) == dict.fromkeys(WEIGHTS, MOST_ESTIMATORS)
    some = with_budget(600.0)
    assert some.keys() == WEIGHTS.keys()
    assert some["tabpfn"] < some["tabicl"] <= MOST_ESTIMATORS  # type: ignore[operator] # numbers


@pytest.mark.parametrize(
    "change",
    [
        {"rows": MOST_ROWS + 1},
        {"classes": tuple(map(str, range(MOST_CLASSES + 1)))},
        {"is_weighted": True},
    ],
)
def test_tables_beyond_the_limits_get_none(
    change: dict[str, object], briefing_for: "MakeBriefing"
) -> None:
    briefing = briefing_for(TaskKind.MULTICLASS, 200)
    assert passes(briefing)

    task = briefing.task.model_copy(update=change)

    assert not passes(briefing.model_copy(update={"task": task}))


def test_columns_count_as_what_they_are_encoded_as(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.REGRESSION, 50)
    (text,) = [c for c in briefing.schema_.columns if c.kind is ColumnKind.TEXT]
    fitting, too_many = (
        briefing.schema_.model_copy(update={"columns": (text,) * count})
        for count in (MOST_COLUMNS // 24, MOST_COLUMNS // 24 + 1)
    )

    assert passes(briefing.model_copy(update={"schema_": fitting}))
    assert not passes(briefing.model_copy(update={"schema_": too_many}))


def test_a_job_that_has_too_little_memory_for_the_weights_is_not_begun(
    briefing_for: "MakeBriefing",
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 500)

    tight = briefing.model_copy(update={"memory_bytes": 1_200_000_000})

    assert passes(tight).keys() == {"tabpfn"}


def test_the_portfolio_has_them_early_on_small_tables_if_weights_lie_on_disk(
    briefing_for: "MakeBriefing", monkeypatch: pytest.MonkeyPatch, tmp_path: "Path"
) -> None:
    briefing = briefing_for(TaskKind.BINARY, 500)
    pace = pace_of(briefing)
    before = [entry.family for entry in supervised_portfolio(briefing, pace)]
    (tmp_path / "weights").write_bytes(b"weights")
    monkeypatch.setattr(
        "proposers.expert.portfolio.checkpoints_of",
        lambda family, **_: [tmp_path / "weights"] if family == "tabicl" else [],
    )

    families = [entry.family for entry in supervised_portfolio(briefing, pace)]

    assert "tabicl" in families[:8]
    assert [family for family in families if family != "tabicl"] == before
