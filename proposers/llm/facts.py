"""What a model is told of the task, the table and its surroundings, as plain JSON values."""

import json
from typing import NamedTuple

from pydantic import JsonValue

from proposers.llm.privacy import WITHHELD, is_withheld
from schemas.asks import Briefing
from schemas.table import ColumnProfile
from schemas.task import Task, TaskKind

LEVELS_SHOWN = 12
TEXT_SHOWN_CHARACTERS = 60
DESCRIPTION_SHOWN_CHARACTERS = 300
TABLE_DESCRIPTION_SHOWN_CHARACTERS = 2000
BYTES_PER_GIB = 1024**3
LIBRARIES = frozenset({"python", "numpy", "pandas", "scipy", "scikit-learn"}) | {
    "lightgbm",
    "catboost",
}
"""What candidates may import; other versions of the run are none of their business."""


class Detail(NamedTuple):
    """How much of a table is told.

    Attributes:
        columns: Columns that are listed.
        rows: Showcase rows that are shown.
        has_toolkit: Whether the page on the toolkit is part of it.
    """

    columns: int
    rows: int
    has_toolkit: bool


FULL = Detail(columns=150, rows=12, has_toolkit=True)
SHORT = Detail(columns=25, rows=2, has_toolkit=False)
"""For a server that finds the whole text too long."""


def briefing_facts(briefing: Briefing, detail: Detail = FULL) -> JsonValue:
    """Describe the task and the table; the same for all asks of a run."""
    names = {column.name for column in briefing.schema_.columns}
    seen = [p for p in briefing.profile.columns if p.name in names]
    shown = seen[: detail.columns]
    rows = [json.loads(row) for row in briefing.showcase]
    hidden = {p.name for p in seen if is_withheld(p, (row.get(p.name) for row in rows))}
    description = briefing.profile.description[:TABLE_DESCRIPTION_SHOWN_CHARACTERS]
    said: dict[str, JsonValue] = {"description": description} if description else {}
    told = {p.name for p in shown} | {briefing.task.target or ""}
    return said | {
        "task": task_facts(briefing.task),
        "columns": [_column_facts(p, is_hidden=p.name in hidden) for p in shown],
        "columns_not_listed": len(seen) - len(shown),
        "example_rows": [_example(row, told, hidden) for row in rows[: detail.rows]],
    }


def environment_facts(briefing: Briefing) -> JsonValue:
    """Describe what code can use: libraries, threads, time and memory."""
    versions: dict[str, JsonValue] = {
        name: version for name, version in briefing.versions if name in LIBRARIES
    }
    names: list[JsonValue] = [*sorted(LIBRARIES)]
    facts: dict[str, JsonValue] = {
        "available": versions or names,
        "threads": briefing.threads,
        "seed": briefing.seed,
    }
    if briefing.budget_seconds is not None:
        facts["seconds_of_the_whole_run"] = briefing.budget_seconds
    if briefing.memory_bytes:
        facts["memory_gib"] = rounded(briefing.memory_bytes / BYTES_PER_GIB)
    return facts


def task_facts(task: Task) -> JsonValue:
    """Describe what is to be learned; the label of a clustering is not named."""
    facts: dict[str, JsonValue] = {
        "kind": task.kind.value,
        "target": None if task.kind is TaskKind.CLUSTERING else task.target,
        "classes": [cut(label) for label in task.classes],
        "metric": task.metric,
        "greater_is_better": task.greater_is_better,
        "rows": task.rows,
        "folds": task.folds,
        "clusters": task.clusters,
        "is_weighted": task.is_weighted,
    }
    if task.kind is TaskKind.REGRESSION:
        facts["is_positive"] = task.is_positive
        facts["skewness"] = rounded(task.skewness)
    return facts


def _example(
    row: dict[str, JsonValue], told: set[str], hidden: set[str]
) -> dict[str, JsonValue]:
    """Read one showcase row and cut its texts; columns that are not told are left out."""
    return {
        name: WITHHELD if name in hidden else _cell(value)
        for name, value in row.items()
        if name in told
    }


def _cell(value: JsonValue) -> JsonValue:
    return cut(value) if isinstance(value, str) else value


def _column_facts(profile: ColumnProfile, *, is_hidden: bool) -> JsonValue:
    facts: dict[str, JsonValue] = {
        "name": profile.name,
        "kind": profile.kind.value,
        "missing_share": rounded(profile.missing_share),
        "distinct": profile.distinct,
    }
    for name in ("low", "mean", "high", "deviation"):
        value: float | None = getattr(profile, name)
        if value is not None:
            facts[name] = rounded(value)
    for name in ("is_positive", "is_whole"):
        if getattr(profile, name):
            facts[name] = True
    if profile.unit and not is_hidden:
        facts["unit"] = cut(profile.unit)
    if profile.common_levels and not is_hidden:
        facts["levels"] = [cut(x) for x in profile.common_levels[:LEVELS_SHOWN]]
    if profile.description:
        facts["description"] = profile.description[:DESCRIPTION_SHOWN_CHARACTERS]
    return facts


def cut(text: str) -> str:
    """The beginning of a text."""
    return text[:TEXT_SHOWN_CHARACTERS]


def rounded(value: float, digits: int = 4) -> float | str:
    """Round to some digits; JSON has no word for what is not finite."""
    result = float(f"{value:.{digits}g}")
    return result if abs(result) < float("inf") else str(value)
