"""What was typed becomes settings, or one clear line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.run_choices import RunChoices
from engine.run_options import (
    OptionError,
    check_level,
    check_tables,
    default_run_path,
    located_metric,
    make_settings,
    parse_kinds,
)
from schemas.settings import RunSettings, TableSettings
from schemas.table import ColumnKind


def settings(**changes: object) -> RunSettings:
    options: dict[str, Any] = {
        "budget": None,
        "trials": None,
        "workers": 2,
        "memory": "2GB",
        "proposer": "expert",
        "llm_model": None,
        "seed": 0,
        "isolation": "auto",
    }
    choices = RunChoices(**(options | changes))
    return make_settings(TableSettings(table="t", target="y"), choices)


class TestBounds:
    def test_five_minutes_is_the_default(self) -> None:
        assert settings().budget_seconds == 300
        assert settings().trials is None

    def test_trials_take_the_clock_away(self) -> None:
        assert settings(trials=12).budget_seconds is None

    @pytest.mark.parametrize(
        "options",
        [
            {"budget": "9s", "trials": 12},
            {"trials": 2},
            {"budget": "1s"},
            {"workers": 0},
            {"memory": "much"},
            {"memory": "60MB"},
            {"workers": 100_000},
            {"seed": -1},
            {"llm_calls": -1},
            {"llm_budget": "much"},
            {"llm_timeout": "0s"},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, options: dict[str, Any]) -> None:
        with pytest.raises(EngineError):
            settings(**options)

    def test_workers_share_the_memory(self) -> None:
        assert settings(workers=4).memory_bytes == 500_000_000


class TestModels:
    def test_budgets_and_patience_are_read(self, tmp_path: Path) -> None:
        made = settings(
            llm_budget="2USD",
            llm_tokens="200k",
            llm_calls=50,
            llm_timeout="10m",
            llm_config=str(tmp_path / "models.toml"),
        )

        assert made.llm_dollars == 2.0
        assert (made.llm_tokens, made.llm_calls) == (200_000, 50)
        assert made.llm_timeout_seconds == 600.0
        assert made.llm_config == str(tmp_path / "models.toml")

    def test_nothing_is_bounded_unless_it_is_said(self) -> None:
        made = settings()

        bounds = (made.llm_dollars, made.llm_tokens, made.llm_calls)
        assert bounds == (None, None, None)
        assert made.llm_timeout_seconds is None


class TestTables:
    @pytest.mark.parametrize(
        ("options", "hint"),
        [
            ({}, "--target"),
            ({"task": "clustering", "target": "y"}, "--label"),
            ({"target": "y", "clusters": 3}, "--clusters"),
            ({"target": "y", "label": "z"}, "--label"),
            ({"target": "y", "test_size": 1.0}, "--test-size"),
            ({"task": "clustering", "clusters": 0}, "--clusters is 0.* 2 or more"),
            ({"task": "clustering", "clusters": 1}, "--clusters is 1.* 2 or more"),
            ({"task": "clustering", "weight": "w"}, "--weight has no meaning"),
            ({"target": "y", "drop": ("y",)}, "take it out of --drop"),
            ({"target": "y", "group": "g", "time": "t"}, "name one of them"),
        ],
    )
    def test_contradictions_are_named(self, options: dict[str, Any], hint: str) -> None:
        with pytest.raises(OptionError, match=hint):
            check_tables(TableSettings(table="t", **options))

    def test_kinds_are_split_at_the_last_equals_sign(self) -> None:
        (choice,) = parse_kinds(["a=b=category"])

        assert (choice.column, choice.kind) == ("a=b", ColumnKind.CATEGORY)

    def test_a_date_may_say_how_it_is_written(self) -> None:
        (choice,) = parse_kinds(["day=datetime:%H:%M"])

        assert (choice.kind, choice.format) == (ColumnKind.DATETIME, "%H:%M")

    @pytest.mark.parametrize("text", ["a", "a=colour", "=", "a=", "a=text:%d"])
    def test_a_kind_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(OptionError, match="COL=KIND"):
            parse_kinds([text])


def test_a_run_is_named_after_its_table_and_the_time() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    path = default_run_path("some/where/table.csv.gz", moment)

    assert path == Path("runs/table-20260102-030405")


class TestRounds:
    def test_feedback_and_tuning_are_on_unless_switched_off(self) -> None:
        assert settings().is_feedback_on
        assert settings().is_tuning_on
        off = settings(feedback=False, tuning=False)
        assert not off.is_feedback_on
        assert not off.is_tuning_on

    @pytest.mark.parametrize("name", ["model_rounds", "tuning_rounds"])
    def test_no_number_of_rounds_is_below_zero(self, name: str) -> None:
        assert getattr(settings(**{name: 0}), name) == 0
        with pytest.raises(OptionError, match="below 0"):
            settings(**{name: -1})

    def test_clusters_are_combined_by_consensus_only(self) -> None:
        tables = TableSettings(table="t", task="clustering")

        assert make_settings(tables, RunChoices()).ensemble == "auto"
        with pytest.raises(OptionError, match="consensus"):
            make_settings(tables, RunChoices(ensemble="voting"))


def test_a_metric_of_ones_own_gets_its_whole_path(tmp_path: Path) -> None:
    assert located_metric("mine.py:loss", tmp_path) == f"{tmp_path / 'mine.py'}:loss"
    assert located_metric("pinball@0.9", tmp_path) == "pinball@0.9"
    assert located_metric(None) is None


@pytest.mark.parametrize("level", [0.0, 1.0, 90.0])
def test_a_share_lies_between_none_and_all(level: float) -> None:
    with pytest.raises(OptionError, match="--intervals"):
        check_level(level)
