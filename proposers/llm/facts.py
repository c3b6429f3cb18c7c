"""What a model is told of the run, as plain JSON values."""

import json
from collections.abc import Sequence

from pydantic import JsonValue

from schemas.asks import Briefing, RepairAsk, ScoredCandidate
from schemas.candidate import View
from schemas.table import ColumnProfile, TableSchema
from schemas.task import Task

COLUMNS_SHOWN = 150
LEVELS_SHOWN = 20
TEXT_SHOWN_CHARACTERS = 60
LEADERS_SHOWN = 12
DESCRIPTION_SHOWN_CHARACTERS = 300
TABLE_DESCRIPTION_SHOWN_CHARACTERS = 2000


def briefing_facts(briefing: Briefing) -> JsonValue:
    """Describe the task and the table; the same for all asks of a run."""
    seen = [
        profile
        for profile in briefing.profile.columns
        if profile.name in _names(briefing.schema_)
    ]
    description = briefing.profile.description[:TABLE_DESCRIPTION_SHOWN_CHARACTERS]
    said: dict[str, JsonValue] = {"description": description} if description else {}
    return said | {
        "task": _task_facts(briefing.task),
        "columns": [_column_facts(profile) for profile in seen[:COLUMNS_SHOWN]],
        "columns_not_listed": max(len(seen) - COLUMNS_SHOWN, 0),
        "example_rows": [_example(row) for row in briefing.showcase],
        "threads": briefing.threads,
        "seed": briefing.seed,
    }


def view_facts(views: Sequence[View]) -> JsonValue:
    """Describe the views: which columns each adds to the table's own."""
    return [
        {
            "view": view.name,
            "added_columns": [
                _cut(column) for program in view.programs for column in program.columns
            ],
        }
        for view in views
    ]


def leader_facts(leaderboard: Sequence[ScoredCandidate]) -> JsonValue:
    """Describe what was tried, best first."""
    return [
        {
            "family": leader.family,
            "title": _cut(leader.title),
            "view": leader.view,
            "score": _rounded(leader.score),
            "standard_error": _rounded(leader.standard_error),
            "seconds": _rounded(leader.seconds),
        }
        for leader in leaderboard[:LEADERS_SHOWN]
    ]


def failure_facts(ask: RepairAsk) -> JsonValue:
    """Describe why something failed."""
    failure = ask.failure
    return {
        "kind": failure.kind,
        "stage": failure.stage,
        "exception": failure.exception,
        "message": failure.message,
        "lines": list(failure.lines),
    }


def _example(row: str) -> JsonValue:
    """Read one showcase row and cut its texts; wide rows lose their last columns."""
    values: dict[str, JsonValue] = json.loads(row)
    return {
        name: _cut(value) if isinstance(value, str) else value
        for name, value in list(values.items())[:COLUMNS_SHOWN]
    }


def _names(schema: TableSchema) -> frozenset[str]:
    return frozenset(column.name for column in schema.columns)


def _task_facts(task: Task) -> JsonValue:
    return {
        "kind": task.kind.value,
        "target": None if task.kind == "clustering" else task.target,
        "classes": [_cut(label) for label in task.classes],
        "metric": task.metric,
        "greater_is_better": task.greater_is_better,
        "rows": task.rows,
        "folds": task.folds,
        "clusters": task.clusters,
        "is_weighted": task.is_weighted,
    }


def _column_facts(profile: ColumnProfile) -> JsonValue:
    facts: dict[str, JsonValue] = {
        "name": profile.name,
        "kind": profile.kind.value,
        "missing_share": _rounded(profile.missing_share),
        "distinct": profile.distinct,
    }
    for name in ("minimum", "mean", "maximum", "deviation"):
        value: float | None = getattr(profile, name)
        if value is not None:
            facts[name] = _rounded(value)
    if profile.common_levels:
        facts["levels"] = [_cut(x) for x in profile.common_levels[:LEVELS_SHOWN]]
    if profile.description:
        facts["description"] = profile.description[:DESCRIPTION_SHOWN_CHARACTERS]
    return facts


def _cut(text: str) -> str:
    return text[:TEXT_SHOWN_CHARACTERS]


def _rounded(value: float) -> float | str:
    """Round to four digits; JSON has no word for what is not finite."""
    rounded = float(f"{value:.4g}")
    return rounded if abs(rounded) < float("inf") else str(value)
